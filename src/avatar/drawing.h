// Drawing: colours, smooth paths and soft paint over Cairo, for pictures that are drawn once and
// kept as layers. Units are those of the current Cairo transform; y points down. Not thread-safe
// on one surface; different surfaces may be used by different threads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include <cairo/cairo.h>

#include "face/geometry.h"

namespace understudy::avatar {

using face::Point;

inline Point lerp(Point a, Point b, double t) { return a + (b - a) * t; }
Point rotate(Point a, double radians);

// sRGB, 0..1, straight alpha.
struct Colour {
  double r = 0;
  double g = 0;
  double b = 0;
  double a = 1;
  Colour with_alpha(double alpha) const { return {r, g, b, alpha}; }
};
constexpr Colour hex(std::uint32_t rgb, double alpha = 1) {
  return {(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha};
}
Colour mix(Colour a, Colour b, double t);
Colour multiply(Colour a, Colour b);  // channel by channel; keeps a's alpha
Colour lighter(Colour a, double t);   // towards white
Colour darker(Colour a, double t);    // towards black, keeping warmth
double luminance(Colour a);           // 0..1, of the sRGB values

struct SurfaceCloser {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct ContextCloser {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using SurfacePtr = std::unique_ptr<cairo_surface_t, SurfaceCloser>;
using ContextPtr = std::unique_ptr<cairo_t, ContextCloser>;
SurfacePtr make_surface(int width, int height, cairo_format_t format = CAIRO_FORMAT_ARGB32);
ContextPtr make_context(cairo_surface_t* surface);

// A closed or open outline of cubic segments.
class Path {
 public:
  Path() = default;
  // A Catmull-Rom curve through the points.
  static Path through(const std::vector<Point>& points, bool closed, double tension = 1);
  static Path polygon(const std::vector<Point>& points);
  static Path ellipse(Point centre, double rx, double ry, double radians = 0);
  static Path rounded(double x, double y, double width, double height, double radius);

  Path& move(Point p);
  Path& line(Point p);
  Path& curve(Point c1, Point c2, Point p);
  Path& close();
  Path& append(const Path& other);

  Path mirrored() const;  // x -> -x
  Path moved(Point by) const;
  Path scaled(double kx, double ky, Point about = {}) const;
  bool is_empty() const { return parts_.empty(); }
  void trace(cairo_t* c) const;  // adds to the current path

 private:
  enum class Verb { move, line, curve, close };
  struct Part {
    Verb verb = Verb::move;
    Point p[3];
  };
  template <class Map>
  Path mapped(const Map& map) const;
  std::vector<Part> parts_;
};

// A path of points and their mirror images: for shapes symmetric about x = 0. The points run down
// the right side, the first and the last on the axis.
Path symmetric(const std::vector<Point>& right_side, double tension = 1);

using Stops = std::vector<std::pair<double, Colour>>;
class Paint {
 public:
  Paint(Colour colour);  // NOLINT(google-explicit-constructor): a colour is the commonest paint
  static Paint linear(Point from, Point to, const Stops& stops);
  static Paint radial(Point centre, double radius, const Stops& stops, double squash_y = 1);
  void use(cairo_t* c) const { cairo_set_source(c, pattern_.get()); }

 private:
  explicit Paint(cairo_pattern_t* pattern);
  std::shared_ptr<cairo_pattern_t> pattern_;
};

void fill(cairo_t* c, const Path& path, const Paint& paint);
void stroke(cairo_t* c, const Path& path, const Paint& paint, double width);
// A round glow that fades to nothing at its edge.
void glow(cairo_t* c, Point centre, double rx, double ry, Colour colour);
// Fills with an edge blurred over about `blur` units on both sides.
void soft_fill(cairo_t* c, const Path& path, Colour colour, double blur);
// Everything outside of `shape` moved by `offset`, blurred: shading that hugs an inner edge. Use it
// inside a Clip of `shape`.
void inner_shade(cairo_t* c, const Path& shape, Point offset, Colour colour, double blur);
// The outline of a stroke whose width swells from `w0` over `w1` in the middle to `w2`.
Path brush_outline(const std::vector<Point>& through, double w0, double w1, double w2);
// A stroke whose width swells from `w0` over `w1` in the middle to `w2`.
void brush(cairo_t* c, const std::vector<Point>& through, const Paint& paint, double w0, double w1,
           double w2);
void soft_brush(cairo_t* c, const std::vector<Point>& through, Colour colour, double w0, double w1,
                double w2, double blur);

// Clips to a path for the life of the object.
class Clip {
 public:
  Clip(cairo_t* c, const Path& path);
  ~Clip() { cairo_restore(c_); }
  Clip(const Clip&) = delete;
  Clip& operator=(const Clip&) = delete;

 private:
  cairo_t* c_;
};

// The same for many strokes: they are painted whole and then cut to the path at once, which Cairo
// does many times faster than cutting each.
class Inside {
 public:
  Inside(cairo_t* c, const Path& path);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  cairo_t* c_;
  const Path& path_;  // must outlive this
};

// Saves the transform for the life of the object.
class Saved {
 public:
  explicit Saved(cairo_t* c) : c_(c) { cairo_save(c_); }
  ~Saved() { cairo_restore(c_); }
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;

 private:
  cairo_t* c_;
};

}  // namespace understudy::avatar
