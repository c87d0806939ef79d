#include "library/painting.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kGrain = 1.6;  // of 255

std::uint32_t pack(Colour c) {
  const auto part = [](double v) {
    return static_cast<std::uint32_t>(std::clamp(v, 0.0, 1.0) * 255 + 0.5);
  };
  return part(c.r) << 16 | part(c.g) << 8 | part(c.b);
}

// A running mean over 2 * radius + 1 pixels of a line, its ends repeated.
void blur_line(const std::uint32_t* in, std::uint32_t* out, int count, int in_step, int out_step,
               int radius) {
  const auto at = [&](int i) { return in[std::clamp(i, 0, count - 1) * in_step]; };
  std::array<int, 3> sum{};
  const auto add = [&](std::uint32_t pixel, int sign) {
    sum[0] += sign * static_cast<int>((pixel >> 16) & 255);
    sum[1] += sign * static_cast<int>((pixel >> 8) & 255);
    sum[2] += sign * static_cast<int>(pixel & 255);
  };
  for (int i = -radius; i <= radius; ++i) add(at(i), 1);
  const int width = 2 * radius + 1;
  const auto mean = [width](int s) { return static_cast<std::uint32_t>((s + width / 2) / width); };
  for (int i = 0; i < count; ++i) {
    out[i * out_step] = mean(sum[0]) << 16 | mean(sum[1]) << 8 | mean(sum[2]);
    add(at(i - radius), -1);
    add(at(i + radius + 1), 1);
  }
}

}  // namespace

Colour mix(Colour a, Colour b, double t) {
  t = std::clamp(t, 0.0, 1.0);
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

Painting::Painting(std::uint32_t seed)
    : seed_(seed),
      dice_(seed),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, kPictureWidth, kPictureHeight)),
      cairo_(cairo_create(surface_.get())) {}

void Painting::paint(Colour colour, double alpha) {
  cairo_set_source_rgba(cairo(), colour.r, colour.g, colour.b, alpha);
  cairo_fill(cairo());
}

void Painting::fill_down(Stops stops) {
  auto* pattern = cairo_pattern_create_linear(0, 0, 0, kPictureHeight);
  for (const auto& [at, c] : stops) cairo_pattern_add_color_stop_rgb(pattern, at, c.r, c.g, c.b);
  cairo_set_source(cairo(), pattern);
  cairo_paint(cairo());
  cairo_pattern_destroy(pattern);
}

void Painting::glow(double x, double y, double radius, Colour c, double alpha) {
  auto* pattern = cairo_pattern_create_radial(x, y, 0, x, y, radius);
  // A bell curve; straight stops would show a ring at the end.
  for (int i = 0; i <= 8; ++i) {
    const double t = i / 8.0;
    const double bell = i == 8 ? 0 : std::exp(-4.5 * t * t);
    cairo_pattern_add_color_stop_rgba(pattern, t, c.r, c.g, c.b, alpha * bell);
  }
  cairo_set_source(cairo(), pattern);
  cairo_rectangle(cairo(), x - radius, y - radius, 2 * radius, 2 * radius);
  cairo_fill(cairo());
  cairo_pattern_destroy(pattern);
}

void Painting::box(double x, double y, double width, double height, Colour colour, double alpha) {
  cairo_rectangle(cairo(), x, y, width, height);
  paint(colour, alpha);
}

void Painting::round_box(double x, double y, double width, double height, double radius,
                         Colour colour, double alpha) {
  cairo_new_path(cairo());
  cairo_arc(cairo(), x + width - radius, y + radius, radius, -kTurn / 4, 0);
  cairo_arc(cairo(), x + width - radius, y + height - radius, radius, 0, kTurn / 4);
  cairo_arc(cairo(), x + radius, y + height - radius, radius, kTurn / 4, kTurn / 2);
  cairo_arc(cairo(), x + radius, y + radius, radius, kTurn / 2, kTurn * 3 / 4);
  cairo_close_path(cairo());
  paint(colour, alpha);
}

void Painting::disc(double x, double y, double radius, Colour colour, double alpha) {
  cairo_new_path(cairo());
  cairo_arc(cairo(), x, y, radius, 0, kTurn);
  paint(colour, alpha);
}

void Painting::polygon(const std::vector<std::pair<double, double>>& points, Colour colour,
                       double alpha) {
  cairo_new_path(cairo());
  for (const auto& [x, y] : points) cairo_line_to(cairo(), x, y);
  cairo_close_path(cairo());
  paint(colour, alpha);
}

void Painting::below(const std::function<double(double x)>& line, Colour top, Colour bottom,
                     double depth, double alpha) {
  constexpr double kStep = 4;
  cairo_new_path(cairo());
  double highest = kPictureHeight;
  for (double x = -kStep; x <= kPictureWidth + kStep; x += kStep) {
    const double y = line(x);
    highest = std::min(highest, y);
    cairo_line_to(cairo(), x, y);
  }
  cairo_line_to(cairo(), kPictureWidth + kStep, kPictureHeight);
  cairo_line_to(cairo(), -kStep, kPictureHeight);
  cairo_close_path(cairo());
  auto* pattern = cairo_pattern_create_linear(0, highest, 0, highest + depth);
  cairo_pattern_add_color_stop_rgba(pattern, 0, top.r, top.g, top.b, alpha);
  cairo_pattern_add_color_stop_rgba(pattern, 1, bottom.r, bottom.g, bottom.b, alpha);
  cairo_set_source(cairo(), pattern);
  cairo_fill(cairo());
  cairo_pattern_destroy(pattern);
}

void Painting::each_pixel(const PixelColour& colour, int top, int bottom) {
  cairo_surface_flush(surface_.get());
  auto* pixels = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  for (int y = std::max(top, 0); y < std::min(bottom, kPictureHeight); ++y) {
    auto* row = reinterpret_cast<std::uint32_t*>(pixels + static_cast<std::ptrdiff_t>(y) * stride);
    for (int x = 0; x < kPictureWidth; ++x) row[x] = pack(colour(x, y, hex(row[x])));
  }
  cairo_surface_mark_dirty(surface_.get());
}

void Painting::blur(double radius) {
  cairo_surface_flush(surface_.get());
  auto* pixels = reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface_.get()));
  const int stride = cairo_image_surface_get_stride(surface_.get()) / 4;
  const int box = std::max(1, static_cast<int>(radius / 1.7));
  std::vector<std::uint32_t> turned(static_cast<std::size_t>(kPictureWidth) * kPictureHeight);
  for (int pass = 0; pass < 3; ++pass) {
    for (int y = 0; y < kPictureHeight; ++y) {
      blur_line(pixels + static_cast<std::ptrdiff_t>(y) * stride, turned.data() + y, kPictureWidth,
                1, kPictureHeight, box);
    }
    for (int x = 0; x < kPictureWidth; ++x) {
      blur_line(turned.data() + static_cast<std::ptrdiff_t>(x) * kPictureHeight, pixels + x,
                kPictureHeight, 1, stride, box);
    }
  }
  cairo_surface_mark_dirty(surface_.get());
}

void Painting::vignette(double strength) {
  each_pixel([strength](int x, int y, Colour before) {
    const double u = (x - kPictureWidth / 2.0) / (kPictureWidth / 2.0);
    const double v = (y - kPictureHeight / 2.0) / (kPictureHeight / 2.0);
    return darker(before, strength * smooth(0.35, 1.9, u * u + v * v));
  });
}

media::Image Painting::finish() {
  cairo_surface_flush(surface_.get());
  const auto* pixels = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  media::Image image{.width = kPictureWidth, .height = kPictureHeight, .rgba = {}};
  image.rgba.reserve(static_cast<std::size_t>(kPictureWidth) * kPictureHeight * 4);
  Dice grain(seed_ + 99);
  for (int y = 0; y < kPictureHeight; ++y) {
    const auto* row =
        reinterpret_cast<const std::uint32_t*>(pixels + static_cast<std::ptrdiff_t>(y) * stride);
    for (int x = 0; x < kPictureWidth; ++x) {
      const double shift = (grain.next() + grain.next() - 1) * kGrain;
      for (const int from : {16, 8, 0}) {
        const double value = static_cast<double>((row[x] >> from) & 255) + shift;
        image.rgba.push_back(static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)));
      }
      image.rgba.push_back(255);
    }
  }
  return image;
}

}  // namespace understudy::library
