// Painting: a picture under way, drawn with Cairo and pixel by pixel. Coordinates are pixels of a
// 1920 x 1080 picture; everything is decided by the seed, so a picture is the same everywhere and
// every time. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include <cairo.h>

#include "library/dice.h"
#include "library/pictures.h"
#include "media/frame.h"

namespace understudy::library {

struct Colour {
  double r = 0;
  double g = 0;
  double b = 0;
};
constexpr Colour hex(std::uint32_t rgb) {
  return {((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0};
}
Colour mix(Colour a, Colour b, double t);  // t: 0 is a, 1 is b; clamped
inline Colour lighter(Colour c, double t) { return mix(c, {1, 1, 1}, t); }
inline Colour darker(Colour c, double t) { return mix(c, {0, 0, 0}, t); }

class Painting {
 public:
  explicit Painting(std::uint32_t seed);

  cairo_t* cairo() { return cairo_.get(); }
  Dice& dice() { return dice_; }
  std::uint32_t seed() const { return seed_; }

  using Stops = std::initializer_list<std::pair<double, Colour>>;
  void fill_down(Stops stops);  // a gradient from the top to the bottom
  // A soft spot that fades to nothing at `radius`.
  void glow(double x, double y, double radius, Colour colour, double alpha);
  void box(double x, double y, double width, double height, Colour colour, double alpha = 1);
  void round_box(double x, double y, double width, double height, double radius, Colour colour,
                 double alpha = 1);
  void disc(double x, double y, double radius, Colour colour, double alpha = 1);
  void polygon(const std::vector<std::pair<double, double>>& points, Colour colour,
               double alpha = 1);
  // Everything below a line; the line is given at every 8 pixels.
  void below(const std::function<double(double x)>& line, Colour top, Colour bottom, double depth,
             double alpha = 1);

  // `colour(x, y, before)` for every pixel of the rows from `top` to `bottom`.
  using PixelColour = std::function<Colour(int x, int y, Colour before)>;
  void each_pixel(const PixelColour& colour, int top = 0, int bottom = kPictureHeight);

  void blur(double radius);  // of everything so far
  void vignette(double strength);

  // With the fine grain that keeps gradients free of bands.
  media::Image finish();

 private:
  struct SurfaceEnd {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  struct CairoEnd {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  };
  void paint(Colour colour, double alpha);

  std::uint32_t seed_;
  Dice dice_;
  std::unique_ptr<cairo_surface_t, SurfaceEnd> surface_;
  std::unique_ptr<cairo_t, CairoEnd> cairo_;
};

}  // namespace understudy::library
