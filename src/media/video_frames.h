// VideoFrames: the pictures of a video file by their time, for callers that mostly go forward. One
// file is open at a time; a step back, or far ahead, seeks to the key frame before. One thread.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "media/frame.h"

namespace understudy::media {

class VideoFrames {
 public:
  // Errors: invalid_parameter (no video, damaged, a codec that is not supported).
  static Result<VideoFrames> open(const std::filesystem::path& path);
  ~VideoFrames();
  VideoFrames(VideoFrames&&) noexcept;
  VideoFrames& operator=(VideoFrames&&) noexcept;

  int width() const;  // as coded, cut to even
  int height() const;
  double duration_s() const;
  bool has_audio() const;

  // The picture that is shown at `time_s` of the file: the last one that begins at or before it,
  // the first one before that, the last one after the end. Valid until the next call.
  // Errors: invalid_parameter (damaged).
  Result<const Frame*> at(double time_s);

 private:
  class State;
  explicit VideoFrames(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::media
