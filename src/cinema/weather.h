// Weather: rain, snow, dust, embers and fog in depth, before and behind the people. Everything is a
// function of the time, so frames may be drawn in any order. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cinema/direction.h"
#include "media/frame.h"

namespace understudy::cinema {

class WeatherLayer {
 public:
  WeatherLayer(Weather weather, std::uint32_t seed, int width, int height);

  // `shift_x`: how far the camera has moved, canvas pixels; what is near moves further.
  void draw_behind(double t_s, double shift_x, media::Frame& canvas) const {
    draw(t_s, shift_x, false, canvas);
  }
  void draw_before(double t_s, double shift_x, media::Frame& canvas) const {
    draw(t_s, shift_x, true, canvas);
  }

 private:
  struct Particle {
    double x, y, depth, phase, size;  // x, y: 0..1; depth: 0 far .. 1 near
  };
  void draw(double t_s, double shift_x, bool is_before, media::Frame& canvas) const;
  void fog(double t_s, double shift_x, bool is_before, media::Frame& canvas) const;

  static constexpr int kCloudWidth = 256;
  static constexpr int kCloudHeight = 128;
  void cloud_row(double place, std::array<int, kCloudWidth + 1>& row) const;

  Weather weather_;
  int width_, height_;
  std::vector<Particle> particles_;
  std::vector<std::uint8_t> clouds_;  // 256 x 128, tiling
};

}  // namespace understudy::cinema
