// ShotFilm: one shot, frame by frame: a backdrop, weather, the people with their shadow and the
// light that reaches round them, something out of focus before them, and the finish. Layers at
// different depths move by different amounts under the camera (parallax). Private to this folder.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "cinema/direction.h"
#include "cinema/look.h"
#include "cinema/plate_layer.h"
#include "cinema/soft_mask.h"
#include "cinema/staging.h"
#include "cinema/subject.h"
#include "cinema/weather.h"
#include "media/frame.h"
#include "media/video_reader.h"

namespace understudy::cinema {

// What is behind: a picture, or a film.
struct Backdrop {
  media::Frame picture;                      // any size of at least 64 pixels
  std::shared_ptr<media::VideoReader> film;  // drawn over the picture's size when there is one
};

class ShotFilm {
 public:
  ShotFilm(const Shot& shot, double grain, std::uint32_t seed, Backdrop backdrop,
           std::vector<std::unique_ptr<Subject>> people, int width, int height);

  // `frame`: of the shot, 0 on; canvas: of the shot's size.
  Result<void> draw(int frame, media::Frame& canvas);

 private:
  Result<void> refresh_film(int frame);
  void drop_shadow(const SoftMask& soft, media::Frame& canvas);
  void draw_people(const Camera& camera, int frame, media::Frame& canvas);

  Shot shot_;
  int width_, height_;
  Look look_;
  WeatherLayer weather_, more_weather_;
  Backdrop backdrop_;
  double backdrop_blur_;
  std::vector<std::unique_ptr<Subject>> people_;
  Staging staging_;
  media::Frame foreground_;
  media::Frame behind_;   // the canvas without the people, of this frame
  media::Frame figures_;  // the people's coverage on the canvas
  std::vector<float> row_;
};

}  // namespace understudy::cinema
