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

// The layer, and the canvas in its middle.
struct Area {
  double width, height, canvas_width, canvas_height;
};

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

// Branches that hang in from the upper right and rise from the lower left, at the layer's own rims:
// a move brings the one and takes the other.
void draw_leaves(cairo_t* c, library::Dice& dice, const Area& area) {
  for (const double side : {0.0, 1.0}) {
    for (int i = 0; i < 34; ++i) {
      const double t = dice.next(), away = dice.between(0.0, 0.26) * (1 - t * 0.8);
      const double x = side > 0 ? area.width - away * area.canvas_width : away * area.canvas_width;
      const double y =
          side > 0 ? t * 0.24 * area.canvas_height : area.height - t * 0.26 * area.canvas_height;
      const double shade = dice.between(0.02, 0.11);
      cairo_set_source_rgba(c, shade, shade * 1.5, shade * 0.8, 0.92);
      leaf(c, x, y, area.canvas_height * dice.between(0.07, 0.16), dice.between(0, 6.28));
    }
  }
}

void draw_grass(cairo_t* c, library::Dice& dice, const Area& area) {
  const double h = area.canvas_height, ground = area.height;
  const int count = static_cast<int>(170 * area.width / area.canvas_width);
  for (int i = 0; i < count; ++i) {
    const double x = dice.next() * area.width;
    const double middle = std::abs(x - area.width / 2) / (area.canvas_width / 2);
    const double tall = h * dice.between(0.05, 0.15) * (0.5 + 0.8 * std::min(middle * middle, 1.4));
    const double lean = dice.between(-0.4, 0.4) * tall;
    const double shade = dice.between(0.03, 0.12);
    cairo_set_source_rgba(c, shade * 1.1, shade * 1.1, shade * 0.7, 0.92);
    cairo_move_to(c, x - h * 0.007, ground);
    cairo_curve_to(c, x, ground - tall * 0.5, x + lean * 0.5, ground - tall * 0.8, x + lean,
                   ground - tall);
    cairo_curve_to(c, x + lean * 0.6, ground - tall * 0.8, x + h * 0.008, ground - tall * 0.5,
                   x + h * 0.014, ground);
    cairo_fill(c);
  }
}

void draw_lights(cairo_t* c, library::Dice& dice, const Area& area, Light light) {
  constexpr double kNeon[][3] = {{1, 0.2, 0.7}, {0.2, 0.75, 1}, {0.65, 0.3, 1}, {1, 0.55, 0.25}};
  constexpr double kWarm[][3] = {{1, 0.78, 0.42}, {1, 0.9, 0.7}, {1, 0.55, 0.3}, {0.75, 0.85, 1}};
  const double w = area.width, h = area.canvas_height;
  const int count = static_cast<int>(15 * area.width / area.canvas_width);
  for (int i = 0; i < count; ++i) {
    double x = dice.next();
    x = x < 0.5 ? x * 0.62 : 1 - (1 - x) * 0.62;  // the middle is the people's
    const double y = dice.between(0.05, 1.0) * area.height / h, r = h * dice.between(0.022, 0.075);
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

// The edge of a door or a shelf on one side, and a lamp or a plant low on the other.
void draw_frames(cairo_t* c, library::Dice& dice, const Area& area) {
  const double w = area.canvas_width, h = area.canvas_height;
  const bool is_left = dice.next() < 0.5;
  const double edge = w * dice.between(0.09, 0.13);
  cairo_set_source_rgba(c, 0.05, 0.045, 0.045, 0.95);
  cairo_rectangle(c, is_left ? 0 : area.width - edge, 0, edge, area.height);
  cairo_fill(c);
  const double x = is_left ? area.width - w * 0.16 : w * -0.01;
  cairo_set_source_rgba(c, 0.07, 0.06, 0.055, 0.92);
  cairo_rectangle(c, x, area.height - h * 0.10, w * 0.17, h * 0.2);
  cairo_fill(c);
  for (int i = 0; i < 14; ++i) {
    const double shade = dice.between(0.02, 0.08);
    cairo_set_source_rgba(c, shade, shade * 1.35, shade * 0.8, 0.92);
    leaf(c, x + w * 0.085, area.height - h * 0.10, h * dice.between(0.10, 0.2),
         -dice.between(0.35, 2.8));
  }
}

void draw_haze(cairo_t* c, library::Dice& dice, const Area& area) {
  const int count = static_cast<int>(9 * area.width / area.canvas_width);
  for (int i = 0; i < count; ++i) {
    double x = dice.next();
    x = x < 0.5 ? x * 0.5 : 1 - (1 - x) * 0.5;
    cairo_set_source_rgba(c, 1, 0.97, 0.9, dice.between(0.03, 0.08));
    cairo_arc(c, x * area.width, dice.next() * area.height,
              area.canvas_height * dice.between(0.05, 0.13), 0, 6.2832);
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

media::Frame draw_foreground(const Shot& shot, std::uint32_t seed, int w, int h, int canvas_width,
                             int canvas_height) {
  const std::unique_ptr<cairo_surface_t, Closer> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h));
  media::Frame frame = media::Frame::make(w, h, true);
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return frame;
  {
    const std::unique_ptr<cairo_t, Closer> c(cairo_create(surface.get()));
    library::Dice dice(seed);
    const Kind kind = kind_of(shot);
    const Area area{static_cast<double>(w), static_cast<double>(h),
                    static_cast<double>(canvas_width), static_cast<double>(canvas_height)};
    switch (kind) {
      case Kind::leaves: draw_leaves(c.get(), dice, area); break;
      case Kind::grass: draw_grass(c.get(), dice, area); break;
      case Kind::lights: draw_lights(c.get(), dice, area, shot.light); break;
      case Kind::frames: draw_frames(c.get(), dice, area); break;
      case Kind::haze: draw_haze(c.get(), dice, area); break;
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
  blur(frame, blur_of(kind_of(shot)) * canvas_height);
  return frame;
}

}  // namespace understudy::cinema
