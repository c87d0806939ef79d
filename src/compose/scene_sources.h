// Whole-frame scenes: a still that stands, and a film. Both fill the canvas ("cover") with the
// middle of the picture, or show all of it between bars ("contain").
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "compose/background.h"
#include "compose/canvas.h"
#include "compose/video_output.h"
#include "media/video_reader.h"

namespace understudy::compose {

// Scaled once, drawn once, repeated by the encoder. `frame` is of the canvas' size.
class StillSource final : public FrameSource {
 public:
  StillSource(media::Frame frame, int frame_count)
      : frame_(std::move(frame)), frame_count_(frame_count) {}

  int frame_count() const override { return frame_count_; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  media::Frame frame_;
  int frame_count_;
};

// What a film does whose length is not its scene's. freeze: its last picture stays. loop: it begins
// again. fit: it runs slower or faster. once: black follows. A longer film is cut, but with fit.
enum class Playback { freeze, loop, fit, once };

struct FilmOptions {
  CanvasSize size = {};
  std::optional<Fit> fit = Fit::cover;  // empty: in its own size, if the canvas holds that
  Playback playback = Playback::freeze;
  double film_s = 0;   // its own length
  double scene_s = 0;  // the scene's, exactly
  int frame_count = 1;
  int fps = 25;
};

// The picture as a frame of the canvas' size; in its own size and cropped, when fit is empty.
media::Frame still_frame(const media::Image& image, std::optional<Fit> fit, CanvasSize size);

class FilmSource final : public FrameSource {
 public:
  // Errors: invalid_parameter (the film cannot be read).
  static Result<std::unique_ptr<FilmSource>> open(const std::filesystem::path& path,
                                                  const FilmOptions& options);

  int frame_count() const override { return options_.frame_count; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  FilmSource(media::VideoReader reader, const FilmOptions& options);

  media::VideoReader reader_;
  FilmOptions options_;
  media::Rectangle place_;
  bool has_ended_ = false;
};

}  // namespace understudy::compose
