// Previews: the thumbnail and the animated GIF, gathered while a video is made.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "media/colour_coding.h"
#include "media/frame.h"
#include "media/gif.h"

namespace understudy::compose {

// Which picture stands for a video. Candidates lie between 0.4 and 1.3 s; the one chosen resembles
// the others most (smallest sum of mean luma differences), so it is in no blink and in no cut.
class PosterChooser {
 public:
  PosterChooser(int frame_count, int fps, std::optional<int> wanted);
  void see(int index, const media::Frame& frame);
  const media::Frame& best() const;  // requires: all frames were seen

 private:
  std::vector<int> candidates_;
  std::vector<media::Frame> frames_;
};

// The first three seconds at ten frames a second, 320 pixels wide or high.
class Previews {
 public:
  Previews(int frame_count, int fps, std::optional<int> poster, std::filesystem::path thumbnail,
           std::filesystem::path gif, const media::ColourCoding& colours);
  void see(int index, const media::Frame& frame);
  Result<void> write() const;  // once all frames were seen

 private:
  int fps_;
  media::ColourCoding colours_;  // of the frames
  std::filesystem::path thumbnail_path_;
  std::filesystem::path gif_path_;
  PosterChooser poster_;
  media::GifWriter gif_;
  int gif_frames_ = 0;
};

}  // namespace understudy::compose
