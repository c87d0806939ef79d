#include "cinema/beams.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {
namespace {

constexpr int kPhases = 1024;

}  // namespace

Beams::Beams(Light light, int width, int height) : light_(light), width_(width), height_(height) {
  const double w = width, h = height, side = std::max(w, h);
  switch (light) {
    case Light::golden_hour:
      add({w * 0.9, h * 0.16, side * 0.72, 92, -20, 18});
      add({w * 0.93, h * 0.12, side * 0.2, 110, -14, 10});
      break;
    case Light::neon:
      add({w * -0.02, h * 0.4, side * 0.55, 34, 26, -34});
      add({w * 1.02, h * 0.55, side * 0.55, 38, 22, 42});
      break;
    case Light::backlight:
      add({w * 0.62, h * 0.16, side * 0.55, 66, -8, 6});
      add({w * 0.64, h * 0.08, side * 0.2, 88, -5, 3});
      break;
    case Light::moonlight: add({w * 0.14, h * 0.06, side * 0.5, 40, 10, -6}); break;
    case Light::soft: add({w * 0.3, h * 0.1, side * 0.8, 22, 0, 0}); break;
    case Light::studio: add({w * 0.72, h * 0.05, side * 0.55, 26, -2, 1}); break;
    case Light::noir:
      // Slanted bars, softer towards their ends; they fall on one side of the scene.
      for (int i = 0; i < kPhases; ++i)
        bar_.push_back(static_cast<std::uint8_t>(
            255 * std::clamp(0.72 + 1.25 * std::cos(i * 2 * 3.14159265 / kPhases), 0.0, 1.0)));
      for (int x = 0; x < width; ++x) {
        const double away = std::abs(x - 0.60 * w) / (0.46 * w);
        const double near = std::clamp(1.15 - away, 0.0, 1.0);
        reach_.push_back(static_cast<std::uint8_t>(255 * near * near * (3 - 2 * near)));
      }
      break;
    case Light::natural: break;
  }
}

void Beams::add(const Glow& glow) {
  const int half_w = width_ / 2, half_h = height_ / 2;
  const auto size = static_cast<std::size_t>(half_w) * static_cast<std::size_t>(half_h);
  if (level_.empty()) level_.resize(size), u_.resize(size), v_.resize(size);
  std::size_t i = 0;
  for (int y = 0; y < half_h; ++y)
    for (int x = 0; x < half_w; ++x, ++i) {
      const double dx = (2 * x - glow.x) / glow.radius, dy = (2 * y - glow.y) / glow.radius;
      const double fall = 1 - dx * dx - dy * dy;
      if (fall <= 0) continue;
      const double share = fall * fall * fall;
      // As one light over another: what is left to white is lessened by each.
      const double sum = 234 - (234 - level_[i]) * (1 - share * glow.level / 234);
      level_[i] = static_cast<std::uint8_t>(std::lround(sum));
      u_[i] = static_cast<std::int8_t>(
          std::clamp<long>(std::lround(u_[i] + share * glow.u), -100, 100));
      v_[i] = static_cast<std::int8_t>(
          std::clamp<long>(std::lround(v_[i] + share * glow.v), -100, 100));
    }
}

int Beams::strength_at(int frame) const {
  const double t = frame / static_cast<double>(kFps);
  if (light_ == Light::neon)
    return 256 + static_cast<int>(14 * std::sin(t * 21) * std::sin(t * 5.3));
  return 256 + static_cast<int>(8 * std::sin(t * 0.9));
}

void Beams::add_blinds(int frame, int y, std::uint8_t* row) const {
  const double t = frame / static_cast<double>(kFps), period = height_ / 7.0;
  const double turns = (y - 0.40 * height_ - 0.16 * 0.555 * width_ + 3 * t) / period;
  const double whole = turns - std::floor(turns);
  auto phase = static_cast<std::uint32_t>(whole * 65536 * kPhases);
  const auto step = static_cast<std::uint32_t>(0.16 / period * 65536 * kPhases);
  for (int x = 0; x < width_; ++x, phase += step) {
    const int lit = bar_[phase >> 16 & (kPhases - 1)] * reach_[static_cast<std::size_t>(x)] >> 8;
    // From half of the light in the shadow of the bars to more than all of it between them.
    row[x] = static_cast<std::uint8_t>(
        std::min(235, 16 + ((row[x] - 16) * (126 + (lit * 168 >> 8)) >> 8) + (lit * 12 >> 8)));
  }
}

void Beams::light_luma(int frame, int y, std::uint8_t* row) const {
  if (!bar_.empty()) add_blinds(frame, y, row);
  if (level_.empty()) return;
  const int strength = strength_at(frame);
  const std::uint8_t* level = level_.data() + static_cast<std::ptrdiff_t>(y / 2) * (width_ / 2);
  for (int i = 0; i < width_ / 2; ++i) {
    const int add = level[i] * strength >> 8;
    for (std::uint8_t* p : {row + 2 * i, row + 2 * i + 1})
      *p = static_cast<std::uint8_t>(std::min(235, *p + (add * (250 - *p) * 35 >> 13)));
  }
}

void Beams::light_chroma(int frame, int y, std::uint8_t* u, std::uint8_t* v) const {
  if (level_.empty()) return;
  const int strength = strength_at(frame);
  const std::ptrdiff_t start = static_cast<std::ptrdiff_t>(y) * (width_ / 2);
  const std::int8_t *du = u_.data() + start, *dv = v_.data() + start;
  for (int x = 0; x < width_ / 2; ++x) {
    u[x] = static_cast<std::uint8_t>(std::clamp(u[x] + (du[x] * strength >> 8), 16, 240));
    v[x] = static_cast<std::uint8_t>(std::clamp(v[x] + (dv[x] * strength >> 8), 16, 240));
  }
}

}  // namespace understudy::cinema
