#include "cinema/foreground.h"

#include <cmath>
#include <memory>

#include <cairo/cairo.h>

#include "cinema/plate_layer.h"
#include "library/dice.h"
#include "media/image.h"

namespace understudy::cinema {
namespace {

struct Closer {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
};

enum class Kind { leaves, grass, lights, frames, haze };

Kind kind_of(const Shot& shot) {
  const std::string_view p = shot.picture;
  const auto has = [&](const char* word) { return p.find(word) != std::string_view::npos; };
  if (has("forest") || has("hills")) return Kind::leaves;
  if (has("meadow") || has("beach") || has("dunes") || has("mountains") || has("sea"))
    return Kind::grass;
  if (shot.light == Light::neon || has("bokeh") || has("city") || has("stage") || has("rainy"))
    return Kind::lights;
  if (has("office") || has("library") || has("living") || has("classroom") || has("news") ||
      has("brick"))
    return Kind::frames;
  return Kind::haze;
}

void leaf(cairo_t* c, double x, double y, double size, double angle) {
  cairo_save(c);
  cairo_translate(c, x, y);
  cairo_rotate(c, angle);
  cairo_move_to(c, 0, 0);
  cairo_curve_to(c, size * 0.3, -size * 0.28, size * 0.8, -size * 0.2, size, 0);
  cairo_curve_to(c, size * 0.8, size * 0.2, size * 0.3, size * 0.28, 0, 0);
  cairo_fill(c);
  cairo_restore(c);
}

void draw_leaves(cairo_t* c, library::Dice& dice, double w, double h) {
  for (const double side : {0.0, 1.0}) {
    for (int i = 0; i < 26; ++i) {
      const double t = dice.next();
      const double x = side * w + (side > 0 ? -1 : 1) * dice.between(0.0, 0.23) * w * (1 - t * 0.5);
      const double y =
          (side > 0 ? t : 1 - t) * h * dice.between(0.0, 0.5) + (side > 0 ? 0 : 0.52 * h);
      const double shade = dice.between(0.02, 0.10);
      cairo_set_source_rgba(c, shade, shade * 1.5, shade * 0.8, 0.9);
      leaf(c, x, y, h * dice.between(0.09, 0.2), dice.between(0, 6.28));
    }
  }
}

void draw_grass(cairo_t* c, library::Dice& dice, double w, double h) {
  for (int i = 0; i < 150; ++i) {
    const double x = dice.next() * w, middle = std::abs(x / w - 0.5) * 2;
    const double tall = h * dice.between(0.03, 0.09) * (0.35 + 1.4 * middle * middle);
    const double lean = dice.between(-0.35, 0.35) * tall;
    const double shade = dice.between(0.03, 0.12);
    cairo_set_source_rgba(c, shade * 1.1, shade * 1.1, shade * 0.7, 0.9);
    cairo_move_to(c, x - h * 0.006, h);
    cairo_curve_to(c, x, h - tall * 0.5, x + lean * 0.5, h - tall * 0.8, x + lean,
                   h - tall - h * 0.12);
    cairo_curve_to(c, x + lean * 0.6, h - tall * 0.8, x + h * 0.008, h - tall * 0.5, x + h * 0.012,
                   h);
    cairo_fill(c);
  }
}

void draw_lights(cairo_t* c, library::Dice& dice, double w, double h, Light light) {
  constexpr double kNeon[][3] = {{1, 0.2, 0.7}, {0.2, 0.75, 1}, {0.65, 0.3, 1}, {1, 0.55, 0.25}};
  constexpr double kWarm[][3] = {{1, 0.78, 0.42}, {1, 0.9, 0.7}, {1, 0.55, 0.3}, {0.75, 0.85, 1}};
  for (int i = 0; i < 18; ++i) {
    double x = dice.next();
    x = x < 0.5 ? x * 0.62 : 1 - (1 - x) * 0.62;  // the middle is the people's
    const double y = dice.between(0.05, 1.0), r = h * dice.between(0.022, 0.075);
    const auto& tone = (light == Light::neon ? kNeon : kWarm)[dice.whole(0, 3)];
    const double alpha = dice.between(0.10, 0.3);
    cairo_set_source_rgba(c, tone[0], tone[1], tone[2], alpha);
    cairo_arc(c, x * w, y * h, r, 0, 6.2832);
    cairo_fill_preserve(c);
    cairo_set_source_rgba(c, tone[0], tone[1], tone[2], alpha * 0.8);
    cairo_set_line_width(c, r * 0.1);
    cairo_stroke(c);
  }
}

void draw_frames(cairo_t* c, library::Dice& dice, double w, double h) {
  // The edge of a door or a shelf on one side, something low on the other.
  const bool is_left = dice.next() < 0.5;
  const double edge = w * dice.between(0.10, 0.15);
  cairo_set_source_rgba(c, 0.05, 0.045, 0.045, 0.94);
  cairo_rectangle(c, is_left ? 0 : w - edge, 0, edge, h);
  cairo_fill(c);
  const double x = is_left ? w * 0.82 : w * 0.02;
  cairo_set_source_rgba(c, 0.07, 0.06, 0.055, 0.9);
  cairo_rectangle(c, x, h * 0.84, w * 0.17, h * 0.2);
  cairo_fill(c);
  cairo_arc(c, x + w * 0.085, h * 0.8, h * 0.075, 0, 6.2832);
  cairo_fill(c);
}

void draw_haze(cairo_t* c, library::Dice& dice, double w, double h) {
  for (int i = 0; i < 9; ++i) {
    double x = dice.next();
    x = x < 0.5 ? x * 0.5 : 1 - (1 - x) * 0.5;
    cairo_set_source_rgba(c, 1, 0.97, 0.9, dice.between(0.03, 0.08));
    cairo_arc(c, x * w, dice.next() * h, h * dice.between(0.05, 0.13), 0, 6.2832);
    cairo_fill(c);
  }
}

double blur_of(Kind kind) {
  switch (kind) {
    case Kind::leaves: return 0.02;
    case Kind::grass: return 0.008;
    case Kind::lights: return 0.005;
    case Kind::frames: return 0.022;
    case Kind::haze: return 0.02;
  }
  return 0.01;
}

}  // namespace

media::Frame draw_foreground(const Shot& shot, std::uint32_t seed, int width, int height) {
  const int w = (width * 3 / 2 + 1) & ~1, h = (height * 3 / 2 + 1) & ~1;
  const std::unique_ptr<cairo_surface_t, Closer> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h));
  media::Frame frame = media::Frame::make(w, h, true);
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return frame;
  {
    const std::unique_ptr<cairo_t, Closer> c(cairo_create(surface.get()));
    library::Dice dice(seed);
    const Kind kind = kind_of(shot);
    // The canvas sees the middle two thirds when the camera is at its place.
    switch (kind) {
      case Kind::leaves: draw_leaves(c.get(), dice, w, h * 0.92); break;
      case Kind::grass: draw_grass(c.get(), dice, w, h * 0.92); break;
      case Kind::lights: draw_lights(c.get(), dice, w, h, shot.light); break;
      case Kind::frames: draw_frames(c.get(), dice, w, h); break;
      case Kind::haze: draw_haze(c.get(), dice, w, h); break;
    }
  }
  cairo_surface_flush(surface.get());
  media::Image image{w, h, {}};
  image.rgba.resize(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4);
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  // Dark, or light where lights are, also where nothing is: blurring then brings no other tone in.
  const bool is_light = kind_of(shot) == Kind::lights || kind_of(shot) == Kind::haze;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const unsigned char* p = data + static_cast<std::ptrdiff_t>(y) * stride + x * 4;
      std::uint8_t* to = &image.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(w) +
                                      static_cast<std::size_t>(x)) *
                                     4];
      const int a = p[3];
      for (int k = 0; k < 3; ++k)
        to[k] = static_cast<std::uint8_t>(a == 0 ? (is_light ? 225 : 14)
                                                 : std::min(255, (p[2 - k] * 255 + a / 2) / a));
      to[3] = static_cast<std::uint8_t>(a);
    }
  frame = media::to_frame(image, true);
  blur(frame, blur_of(kind_of(shot)) * height);
  return frame;
}

}  // namespace understudy::cinema
