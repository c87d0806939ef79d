// VideoOutput: from a source of frames and a mixed sound to every file that a video job delivers,
// in one pass: the video, the captioned video when asked, thumbnail, animated preview and
// subtitles.
//
// Drawing runs on the calling thread, encoding on a second one; finished frames go through a
// bounded queue of reused buffers. The source draws into one canvas that keeps the last picture, so
// it has to redraw only what moved, and only that part is copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/captions.h"
#include "media/frame.h"
#include "media/overlay.h"
#include "media/video_writer.h"

namespace understudy::compose {

// Pictures in order. One thread.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual int frame_count() const = 0;  // known before the first draw, at least 1

  // Turns `canvas`, which holds picture index - 1 exactly as the last call left it (black,
  // transparent before picture 0), into picture `index` and returns the part that changed: x, y,
  // width, height even, empty when nothing did. Picture 0 may claim less than all of a black
  // canvas.
  virtual Result<media::Rectangle> draw(int index, media::Frame& canvas) = 0;

  // The picture that shows best what the video is; empty lets the output choose one after ~0.5 s
  // that resembles its neighbours, so that it is in no blink.
  virtual std::optional<int> poster_index() const { return std::nullopt; }
};

struct OutputPaths {
  std::filesystem::path video = {};
  std::filesystem::path captioned_video = {};  // empty: not made
  std::filesystem::path thumbnail = {};        // JPEG; empty: not made
  std::filesystem::path preview = {};          // GIF; empty: not made
  std::filesystem::path subtitles = {};        // SRT; empty: not made
};

struct VideoOptions {
  media::VideoFormat format = media::VideoFormat::mp4;
  int width = 1920;
  int height = 1080;
  media::FrameRate fps = 25;
  media::ColourCoding colours = media::kBt709;  // of what the source draws
  bool has_alpha = false;
  int encoder_threads = 0;  // 0: one per core
  // Of the encoder, as media::VideoSettings has them; 0 and empty: its defaults.
  int crf = 0;
  std::string preset = {};
  std::string x264_options = {};
  int vp9_speed = 8;
  int audio_bit_rate = 128'000;
  std::map<std::string, std::string> metadata = {};
  std::optional<media::Overlay> watermark = std::nullopt;
  bool is_test = false;  // picture and sound are marked as such
  // A frame on which nothing changed is not encoded again: pictures keep the times of a film whose
  // rate changes.
  bool keeps_picture_times = false;
};

// What is heard and read. Sound that is longer or shorter than the pictures is cut or followed by
// silence.
struct Soundtrack {
  std::span<const float> samples = {};  // 48 kHz, interleaved when stereo; empty: no sound track
  int channels = 1;
  std::span<const media::TimedWord> words = {};  // for captions
};

struct OutputSummary {
  int frames = 0;
  std::int64_t duration_ms = 0;  // floor(1000 x frames / fps)
  std::int64_t video_bytes = 0;
  int caption_count = 0;
  // Where the time went, seconds of the respective thread.
  double drawing_s = 0;
  double encoding_s = 0;
  double total_s = 0;
};

// Called on the calling thread with the part that is done, 0..1, after each frame; an error stops
// the work and is returned.
using Progress = std::function<Result<void>(double fraction)>;

// What the writer of a video file gets: the same for every file of a video, and for the benchmark.
media::VideoSettings writer_settings(const std::filesystem::path& path, const Soundtrack& sound,
                                     const VideoOptions& options);

// Errors: those of the source, of `progress`, of the encoder (engine_failed, storage_failed).
Result<OutputSummary> write_video(FrameSource& source, const Soundtrack& sound,
                                  const VideoOptions& options, const OutputPaths& paths,
                                  const Progress& progress = {});

}  // namespace understudy::compose
