// VideoWriter: frames and sound in, one finished file out.
//
// mp4:  H.264 (libx264) yuv420p, AAC-LC, index in front (faststart).
// webm: VP9 (libvpx) with the alpha plane when asked, Opus.
// mov:  ProRes 4444 (prores_ks), 10 bit 4:4:4, with the alpha plane when asked, AAC-LC.
// Limited range, BT.709 where no other coding is asked for, a key frame every two seconds. One
// writer belongs to one thread at a time. Frames are lent to the encoder, not copied: write()
// returns when the encoder has taken what it needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "media/colour_coding.h"
#include "media/frame.h"
#include "media/frame_rate.h"

namespace understudy::media {

enum class VideoFormat { mp4, webm, mov };

struct VideoSettings {
  std::filesystem::path path = {};
  VideoFormat format = VideoFormat::mp4;
  int width = 0;   // even
  int height = 0;  // even
  FrameRate fps = 25;
  ColourCoding colours = kBt709;  // of the frames; a tag, nothing is converted
  int threads = 0;                // of the encoder; 0: one per core
  bool has_audio = false;
  int audio_channels = 1;           // 1 or 2
  bool has_alpha = false;           // webm and mov only
  int crf = 0;                      // 0: the format's default (mp4 23, webm 31)
  std::string preset = "veryfast";  // of libx264
  std::string x264_options = {};    // further ones: "bframes=0:aq-mode=3"
  // libvpx: 0 is the best and slowest. From 6 on it encodes as for live pictures.
  int vp9_speed = 8;
  int audio_bit_rate = 128'000;
  // Container tags: title, artist, comment, copyright, description, date.
  std::map<std::string, std::string> metadata = {};
};

struct VideoSummary {
  std::int64_t frames = 0;
  std::int64_t audio_samples = 0;  // per channel, 48 kHz: frames / fps exactly
  std::int64_t bytes = 0;
};

// Says in a file's tags that it is synthetic and what made it; ffprobe -show_format prints them.
std::map<std::string, std::string> provenance_tags(std::string_view title, std::string_view engine);

class VideoWriter {
 public:
  // Errors: invalid_parameter (sizes, rates, alpha in mp4), engine_failed, storage_failed.
  static Result<VideoWriter> open(VideoSettings settings);
  VideoWriter(VideoWriter&&) noexcept;
  VideoWriter& operator=(VideoWriter&&) noexcept;
  ~VideoWriter();  // an unfinished file is left as it is: the caller removes its folder

  // Shown for 1 / fps s. Requires: the size of the settings; alpha when has_alpha.
  Result<void> write(const Frame& frame);

  // The last picture is shown for 1 / fps s more, without being encoded again: the file's pictures
  // come at changing times. Not before the first write().
  Result<void> hold();

  // Interleaved when stereo, 48 kHz, -1..1. May come in any portions, before or between frames.
  // What is missing at the end is silence, what is longer than the pictures is cut.
  Result<void> write_audio(std::span<const float> samples);

  // Errors: storage_failed (disk full), engine_failed (no frame was written).
  Result<VideoSummary> finish();

 private:
  struct State;
  explicit VideoWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::media
