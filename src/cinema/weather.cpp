#include "cinema/weather.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "library/dice.h"

namespace understudy::cinema {
namespace {

constexpr double kBefore = 0.55;  // depth from which something is before the people

int count_of(Weather weather) {
  switch (weather) {
    case Weather::rain: return 520;
    case Weather::snow: return 360;
    case Weather::dust: return 120;
    case Weather::embers: return 130;
    default: return 0;
  }
}

// Lighter by `level` times the share of the pixel that is covered; tints it where it is chroma's
// turn.
void add(media::Frame& canvas, int x, int y, int level, int u, int v) {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
  std::uint8_t& p = canvas.y[static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width) +
                             static_cast<std::size_t>(x)];
  p = static_cast<std::uint8_t>(std::clamp(p + level, 16, 235));
  if ((u == 0 && v == 0) || ((x | y) & 1) != 0) return;
  const std::size_t i =
      static_cast<std::size_t>(y / 2) * static_cast<std::size_t>(canvas.width / 2) +
      static_cast<std::size_t>(x / 2);
  canvas.u[i] = static_cast<std::uint8_t>(std::clamp(canvas.u[i] + u, 16, 240));
  canvas.v[i] = static_cast<std::uint8_t>(std::clamp(canvas.v[i] + v, 16, 240));
}

void disc(media::Frame& canvas, double cx, double cy, double radius, double level, double u,
          double v) {
  const double r2 = 1 / (radius * radius);
  for (int y = static_cast<int>(cy - radius); y <= static_cast<int>(cy + radius); ++y)
    for (int x = static_cast<int>(cx - radius); x <= static_cast<int>(cx + radius); ++x) {
      const double fall = 1 - ((x - cx) * (x - cx) + (y - cy) * (y - cy)) * r2;
      if (fall <= 0) continue;
      add(canvas, x, y, static_cast<int>(level * fall), static_cast<int>(u * fall),
          static_cast<int>(v * fall));
    }
}

double wrapped(double x, double low, double high) {
  const double span = high - low;
  return low + std::fmod(std::fmod(x - low, span) + span, span);
}

}  // namespace

WeatherLayer::WeatherLayer(Weather weather, std::uint32_t seed, int width, int height)
    : weather_(weather), width_(width), height_(height) {
  library::Dice dice(seed);
  for (int i = 0; i < count_of(weather); ++i)
    particles_.push_back({dice.next(), dice.next(), std::pow(dice.next(), 1.4), dice.next() * 6.28,
                          0.6 + 0.8 * dice.next()});
  if (weather == Weather::fog || weather == Weather::snow || weather == Weather::rain) {
    clouds_.resize(kCloudWidth * kCloudHeight);
    for (int y = 0; y < kCloudHeight; ++y)
      for (int x = 0; x < kCloudWidth; ++x) {
        // Blended with itself at the seam, so that it tiles.
        const double a = library::clouds(x / 40.0, y / 26.0, seed, 4),
                     b = library::clouds((x - kCloudWidth) / 40.0, y / 26.0, seed, 4);
        const double t = x / static_cast<double>(kCloudWidth);
        clouds_[static_cast<std::size_t>(y) * kCloudWidth + static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(255 * std::clamp(a * (1 - t) + b * t, 0.0, 1.0));
      }
  }
}

// One row of the clouds at a height between two of theirs, 1/256 of a grey level.
void WeatherLayer::cloud_row(double place, std::array<int, kCloudWidth + 1>& row) const {
  const double held = std::clamp(place, 0.0, kCloudHeight - 1.001);
  const int y = static_cast<int>(held), f = static_cast<int>((held - y) * 256);
  const std::uint8_t* a = clouds_.data() + static_cast<std::ptrdiff_t>(y) * kCloudWidth;
  for (int x = 0; x < kCloudWidth; ++x)
    row[static_cast<std::size_t>(x)] = a[x] * (256 - f) + a[x + kCloudWidth] * f;
  row.back() = row.front();
}

void WeatherLayer::fog(double t_s, double shift_x, bool is_before, media::Frame& canvas) const {
  const bool is_thick = weather_ == Weather::fog;
  if (is_before && !is_thick) return;  // the haze of rain and snow is in the distance
  const double near = is_before ? 1.7 : 0.6;
  const double density = (is_thick ? 0.62 : 0.1) * (is_before ? 0.55 : 1.0);
  const double scale = kCloudWidth / (width_ * (is_before ? 1.6 : 1.0));
  const double moved = (shift_x * near + t_s * width_ * 0.03 * near) * scale / kCloudWidth;
  const auto start = static_cast<std::uint32_t>((moved - std::floor(moved)) * kCloudWidth * 65536),
             step = static_cast<std::uint32_t>(2 * scale * 65536);
  std::array<int, kCloudWidth + 1> clouds{};
  const int half = width_ / 2;
  std::vector<std::int16_t> cover(static_cast<std::size_t>(half));
  for (int y = 0; y < height_ / 2; ++y) {
    const double low = std::clamp(0.25 + 0.95 * (2.0 * y / height_ - (is_before ? 0.45 : 0.1)),
                                  is_before ? 0.0 : 0.12, 1.0);
    const int strength = static_cast<int>(256 * density * low);
    if (strength <= 0) continue;
    cloud_row(2.0 * y / height_ * (kCloudHeight - 1), clouds);
    std::uint32_t place = start;
    for (int x = 0; x < half; ++x, place += step) {
      const std::size_t i = place >> 16 & (kCloudWidth - 1);
      const int f = static_cast<int>(place >> 8 & 255);
      const int level = (clouds[i] * (256 - f) + clouds[i + 1] * f) >> 16;
      cover[static_cast<std::size_t>(x)] =
          static_cast<std::int16_t>(std::clamp((level - 60) * 3 / 2, 0, 255) * strength >> 8);
    }
    for (int k = 0; k < 2; ++k) {
      std::uint8_t* row = canvas.y.data() + static_cast<std::ptrdiff_t>(2 * y + k) * width_;
      for (int x = 0; x < half; ++x) {
        const int a = cover[static_cast<std::size_t>(x)];
        row[2 * x] = static_cast<std::uint8_t>(row[2 * x] + ((196 - row[2 * x]) * a >> 8));
        row[2 * x + 1] =
            static_cast<std::uint8_t>(row[2 * x + 1] + ((196 - row[2 * x + 1]) * a >> 8));
      }
    }
    std::uint8_t *u = canvas.u.data() + static_cast<std::ptrdiff_t>(y) * half,
                 *v = canvas.v.data() + static_cast<std::ptrdiff_t>(y) * half;
    for (int x = 0; x < half; ++x) {
      const int a = cover[static_cast<std::size_t>(x)];
      u[x] = static_cast<std::uint8_t>(u[x] + ((130 - u[x]) * a >> 8));
      v[x] = static_cast<std::uint8_t>(v[x] + ((126 - v[x]) * a >> 8));
    }
  }
}

void WeatherLayer::draw(double t_s, double shift_x, bool is_before, media::Frame& canvas) const {
  if (!clouds_.empty()) fog(t_s, shift_x, is_before, canvas);
  const double unit = std::min(width_, height_) / 720.0;
  for (const Particle& p : particles_) {
    if ((p.depth > kBefore) != is_before) continue;
    const double near = 0.35 + p.depth;
    const double drift = shift_x * (0.3 + 1.7 * p.depth);
    switch (weather_) {
      case Weather::rain: {
        const double fall = (1.1 + 1.3 * p.depth) * height_;
        const double y = wrapped(p.y * height_ * 1.3 + t_s * fall, -0.15 * height_, 1.1 * height_);
        const double x = wrapped(p.x * width_ * 1.2 - drift - 0.12 * y, -40, width_ + 40.0);
        const int length = static_cast<int>((14 + 34 * p.depth) * unit);
        const int thick = p.depth > 0.75 ? std::max(1, static_cast<int>(2 * unit)) : 1;
        for (int k = 0; k < length; ++k)
          for (int d = 0; d < thick; ++d)
            add(canvas, static_cast<int>(x - 0.12 * k) + d, static_cast<int>(y) + k,
                static_cast<int>(34 + 36 * p.depth) * (length - std::abs(2 * k - length)) / length,
                0, 0);
        break;
      }
      case Weather::snow: {
        const double y = wrapped(p.y * height_ * 1.1 + t_s * (0.06 + 0.2 * p.depth) * height_, -20,
                                 height_ + 20.0);
        const double x =
            wrapped(p.x * width_ - drift + std::sin(t_s * 1.1 + p.phase) * 18 * unit * near +
                        t_s * 14 * near * unit,
                    -30, width_ + 30.0);
        disc(canvas, x, y, (1.4 + 4.6 * p.depth * p.depth * p.size) * unit,
             p.depth > 0.8 ? 90 : 165, 0, 0);
        break;
      }
      case Weather::dust: {
        const double y = wrapped(
            p.y * height_ + std::sin(t_s * 0.5 + p.phase) * 26 * unit - t_s * 9 * near * unit, -20,
            height_ + 20.0);
        const double x = wrapped(p.x * width_ - drift + t_s * 12 * near * unit, -30, width_ + 30.0);
        const double glint = 0.5 + 0.5 * std::sin(t_s * 1.7 + p.phase * 3);
        disc(canvas, x, y, (1.2 + 5 * p.depth * p.depth) * unit, (p.depth > 0.7 ? 34 : 70) * glint,
             -6 * glint, 5 * glint);
        break;
      }
      case Weather::embers: {
        const double y = wrapped(p.y * height_ * 1.2 - t_s * (0.1 + 0.22 * p.depth) * height_, -20,
                                 height_ + 20.0);
        const double x =
            wrapped(p.x * width_ - drift + std::sin(t_s * 1.9 + p.phase) * 30 * unit * near, -30,
                    width_ + 30.0);
        const double glow = 0.55 + 0.45 * std::sin(t_s * 7 + p.phase * 5);
        disc(canvas, x, y, (3 + 7 * p.depth) * unit, 46 * glow, -26, 34);
        disc(canvas, x, y, (1 + 2.2 * p.depth) * unit, 170 * glow, -20, 20);
        break;
      }
      default: break;
    }
  }
}

}  // namespace understudy::cinema
