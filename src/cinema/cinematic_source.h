// CinematicSource: the pictures of a cinematic video: its shots, the transitions between them, the
// titles over them, and the bars of a letterbox. Frames are asked for in order. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "cinema/direction.h"
#include "cinema/subject.h"
#include "cinema/titles.h"
#include "compose/video_output.h"
#include "media/frame.h"
#include "media/video_reader.h"

namespace understudy::cinema {

// Makes the people and the backdrops when their shot begins.
struct Props {
  // Look `index` for a shot, in which its head becomes `head_px` pixels high at most.
  std::function<Result<std::unique_ptr<Subject>>(int index, const Shot& shot, int head_px)> subject;
  // A given picture or film; `picture` of a film: a frame of its shape.
  struct Given {
    media::Frame picture;
    std::shared_ptr<media::VideoReader> film;
  };
  std::function<Result<Given>(int reference)> reference;
};

class ShotFilm;

class CinematicSource final : public compose::FrameSource {
 public:
  // Width and height even, 64..4096. Errors: engine_failed.
  static Result<std::unique_ptr<CinematicSource>> make(Direction direction, Props props, int width,
                                                       int height);
  ~CinematicSource() override;

  int frame_count() const override { return direction_.frame_count; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;
  std::optional<int> poster_index() const override;

 private:
  CinematicSource(Direction direction, Props props, int width, int height);
  Result<void> open(std::size_t shot);
  // How far the shot that follows is there already, and how.
  void draw_bars(media::Frame& canvas) const;

  Direction direction_;
  Props props_;
  int width_, height_;
  std::vector<std::unique_ptr<ShotFilm>> films_;
  std::vector<TitleArt> titles_;
  media::Frame other_;
};

}  // namespace understudy::cinema
