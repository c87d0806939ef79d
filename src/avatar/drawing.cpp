#include "avatar/drawing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::avatar {
namespace {

// Points along a Catmull-Rom curve, about `step` units apart.
std::vector<Point> sampled(const std::vector<Point>& through) {
  std::vector<Point> result;
  const int count = static_cast<int>(through.size());
  const auto at = [&](int i) { return through[std::clamp(i, 0, count - 1)]; };
  for (int i = 0; i + 1 < count; ++i) {
    const Point p0 = at(i - 1), p1 = at(i), p2 = at(i + 1), p3 = at(i + 2);
    constexpr int kSteps = 8;
    for (int k = 0; k < kSteps; ++k) {
      const double t = k / static_cast<double>(kSteps), t2 = t * t, t3 = t2 * t;
      result.push_back((p1 * 2 + (p2 - p0) * t + (p0 * 2 - p1 * 5 + p2 * 4 - p3) * t2 +
                        (p1 * 3 - p0 - p2 * 3 + p3) * t3) *
                       0.5);
    }
  }
  if (count > 0) result.push_back(through.back());
  return result;
}

// One box blur pass along rows of an 8-bit plane; calling it three times is close to a Gaussian.
void blur_rows(std::vector<std::uint8_t>& plane, int width, int height, int radius) {
  std::vector<std::uint8_t> line(width);
  const int window = 2 * radius + 1;
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = plane.data() + static_cast<std::size_t>(y) * width;
    int sum = 0;
    for (int x = -radius; x <= radius; ++x) sum += x >= 0 && x < width ? row[x] : 0;
    for (int x = 0; x < width; ++x) {
      line[x] = static_cast<std::uint8_t>((sum + window / 2) / window);
      if (x + radius + 1 < width) sum += row[x + radius + 1];
      if (x - radius >= 0) sum -= row[x - radius];
    }
    std::copy(line.begin(), line.end(), row);
  }
}

std::vector<std::uint8_t> transposed(const std::vector<std::uint8_t>& plane, int width,
                                     int height) {
  std::vector<std::uint8_t> result(plane.size());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      result[static_cast<std::size_t>(x) * height + y] =
          plane[static_cast<std::size_t>(y) * width + x];
  return result;
}

void blur_surface(cairo_surface_t* surface, int radius) {
  cairo_surface_flush(surface);
  const int width = cairo_image_surface_get_width(surface);
  const int height = cairo_image_surface_get_height(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  std::uint8_t* data = cairo_image_surface_get_data(surface);
  std::vector<std::uint8_t> plane(static_cast<std::size_t>(width) * height);
  for (int y = 0; y < height; ++y)
    std::copy_n(data + static_cast<std::size_t>(y) * stride, width,
                plane.data() + static_cast<std::size_t>(y) * width);
  for (int pass = 0; pass < 3; ++pass) blur_rows(plane, width, height, radius);
  plane = transposed(plane, width, height);
  for (int pass = 0; pass < 3; ++pass) blur_rows(plane, height, width, radius);
  plane = transposed(plane, height, width);
  for (int y = 0; y < height; ++y)
    std::copy_n(plane.data() + static_cast<std::size_t>(y) * width, width,
                data + static_cast<std::size_t>(y) * stride);
  cairo_surface_mark_dirty(surface);
}

// The clip of `c` in device pixels, at most the surface.
struct DeviceBox {
  int x = 0, y = 0, width = 0, height = 0;
};
DeviceBox device_box(cairo_t* c, double x0, double y0, double x1, double y1, double margin) {
  double cx0 = 0, cy0 = 0, cx1 = 0, cy1 = 0;
  cairo_save(c);
  cairo_identity_matrix(c);
  cairo_clip_extents(c, &cx0, &cy0, &cx1, &cy1);
  cairo_restore(c);
  const int left = static_cast<int>(std::floor(std::max(x0, cx0 - margin) - margin));
  const int top = static_cast<int>(std::floor(std::max(y0, cy0 - margin) - margin));
  const int right = static_cast<int>(std::ceil(std::min(x1, cx1 + margin) + margin));
  const int bottom = static_cast<int>(std::ceil(std::min(y1, cy1 + margin) + margin));
  return {left, top, right - left, bottom - top};
}

// Paints `colour` through the blurred coverage of what is traced on `c` (which is consumed).
void mask_blurred(cairo_t* c, Colour colour, double blur, bool is_inverted) {
  cairo_matrix_t matrix;
  cairo_get_matrix(c, &matrix);
  const double scale = std::sqrt(std::abs(matrix.xx * matrix.yy - matrix.xy * matrix.yx));
  std::unique_ptr<cairo_path_t, decltype(&cairo_path_destroy)> path(cairo_copy_path(c),
                                                                    cairo_path_destroy);
  cairo_save(c);
  cairo_identity_matrix(c);
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  cairo_fill_extents(c, &x0, &y0, &x1, &y1);
  cairo_restore(c);
  cairo_new_path(c);
  // Three boxes of radius r have a standard deviation of about r; `blur` counts two of them.
  const int radius = std::max(1, static_cast<int>(std::lround(blur * scale * 0.5)));
  const DeviceBox box = device_box(c, x0, y0, x1, y1, 3.0 * radius + 2);
  if (box.width <= 0 || box.height <= 0) return;
  const SurfacePtr mask = make_surface(box.width, box.height, CAIRO_FORMAT_A8);
  const ContextPtr m = make_context(mask.get());
  if (is_inverted) {
    cairo_paint(m.get());
    cairo_set_operator(m.get(), CAIRO_OPERATOR_CLEAR);
  }
  cairo_translate(m.get(), -box.x, -box.y);
  cairo_transform(m.get(), &matrix);
  cairo_append_path(m.get(), path.get());
  cairo_fill(m.get());
  blur_surface(mask.get(), radius);
  cairo_save(c);
  cairo_identity_matrix(c);
  cairo_set_source_rgba(c, colour.r, colour.g, colour.b, colour.a);
  cairo_mask_surface(c, mask.get(), box.x, box.y);
  cairo_restore(c);
}

}  // namespace


Point rotate(Point a, double radians) {
  const double c = std::cos(radians), s = std::sin(radians);
  return {a.x * c - a.y * s, a.x * s + a.y * c};
}

Colour mix(Colour a, Colour b, double t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t,
          a.a + (b.a - a.a) * t};
}
Colour multiply(Colour a, Colour b) { return {a.r * b.r, a.g * b.g, a.b * b.b, a.a}; }
Colour lighter(Colour a, double t) { return mix(a, {1, 1, 1, a.a}, t); }
Colour darker(Colour a, double t) { return multiply(a, {1 - 0.88 * t, 1 - t, 1 - 0.94 * t}); }
double luminance(Colour a) { return 0.2126 * a.r + 0.7152 * a.g + 0.0722 * a.b; }

SurfacePtr make_surface(int width, int height, cairo_format_t format) {
  return SurfacePtr(cairo_image_surface_create(format, width, height));
}
ContextPtr make_context(cairo_surface_t* surface) { return ContextPtr(cairo_create(surface)); }

Path Path::through(const std::vector<Point>& points, bool closed, double tension) {
  Path path;
  const int count = static_cast<int>(points.size());
  if (count < 2) return path;
  const auto at = [&](int i) {
    return closed ? points[(i + count) % count] : points[std::clamp(i, 0, count - 1)];
  };
  path.move(points[0]);
  const double k = tension / 6;
  for (int i = 0; i < (closed ? count : count - 1); ++i)
    path.curve(at(i) + (at(i + 1) - at(i - 1)) * k, at(i + 1) - (at(i + 2) - at(i)) * k, at(i + 1));
  if (closed) path.close();
  return path;
}

Path Path::polygon(const std::vector<Point>& points) {
  Path path;
  for (std::size_t i = 0; i < points.size(); ++i)
    i == 0 ? path.move(points[i]) : path.line(points[i]);
  path.close();
  return path;
}

Path Path::ellipse(Point centre, double rx, double ry, double radians) {
  constexpr double kCircle = 0.5522847498;
  const auto at = [&](double x, double y) { return centre + rotate({x * rx, y * ry}, radians); };
  Path path;
  path.move(at(1, 0));
  path.curve(at(1, kCircle), at(kCircle, 1), at(0, 1));
  path.curve(at(-kCircle, 1), at(-1, kCircle), at(-1, 0));
  path.curve(at(-1, -kCircle), at(-kCircle, -1), at(0, -1));
  path.curve(at(kCircle, -1), at(1, -kCircle), at(1, 0));
  return path.close();
}

Path Path::rounded(double x, double y, double width, double height, double radius) {
  const double r = radius, k = radius * 0.45, x1 = x + width, y1 = y + height;
  Path path;
  path.move({x + r, y}).line({x1 - r, y}).curve({x1 - k, y}, {x1, y + k}, {x1, y + r});
  path.line({x1, y1 - r}).curve({x1, y1 - k}, {x1 - k, y1}, {x1 - r, y1});
  path.line({x + r, y1}).curve({x + k, y1}, {x, y1 - k}, {x, y1 - r});
  path.line({x, y + r}).curve({x, y + k}, {x + k, y}, {x + r, y});
  return path.close();
}

Path& Path::move(Point p) {
  parts_.push_back({Verb::move, {p, {}, {}}});
  return *this;
}
Path& Path::line(Point p) {
  parts_.push_back({Verb::line, {p, {}, {}}});
  return *this;
}
Path& Path::curve(Point c1, Point c2, Point p) {
  parts_.push_back({Verb::curve, {c1, c2, p}});
  return *this;
}
Path& Path::close() {
  parts_.push_back({Verb::close, {}});
  return *this;
}
Path& Path::append(const Path& other) {
  parts_.insert(parts_.end(), other.parts_.begin(), other.parts_.end());
  return *this;
}

template <class Map>
Path Path::mapped(const Map& map) const {
  Path result = *this;
  for (Part& part : result.parts_)
    for (Point& p : part.p) p = map(p);
  return result;
}
Path Path::mirrored() const {
  return mapped([](Point p) { return Point{-p.x, p.y}; });
}
Path Path::moved(Point by) const {
  return mapped([by](Point p) { return p + by; });
}
Path Path::scaled(double kx, double ky, Point about) const {
  return mapped([=](Point p) {
    return Point{about.x + (p.x - about.x) * kx, about.y + (p.y - about.y) * ky};
  });
}

void Path::trace(cairo_t* c) const {
  for (const Part& part : parts_) {
    const Point* p = part.p;
    switch (part.verb) {
      case Verb::move: cairo_move_to(c, p[0].x, p[0].y); break;
      case Verb::line: cairo_line_to(c, p[0].x, p[0].y); break;
      case Verb::curve: cairo_curve_to(c, p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y); break;
      case Verb::close: cairo_close_path(c); break;
    }
  }
}

Path symmetric(const std::vector<Point>& right_side, double tension) {
  std::vector<Point> points = right_side;
  for (std::size_t i = right_side.size() - 1; i-- > 1;)
    points.push_back({-right_side[i].x, right_side[i].y});
  return Path::through(points, true, tension);
}

Paint::Paint(cairo_pattern_t* pattern) : pattern_(pattern, cairo_pattern_destroy) {}
Paint::Paint(Colour colour)
    : Paint(cairo_pattern_create_rgba(colour.r, colour.g, colour.b, colour.a)) {}
Paint Paint::linear(Point from, Point to, const Stops& stops) {
  cairo_pattern_t* pattern = cairo_pattern_create_linear(from.x, from.y, to.x, to.y);
  for (const auto& [t, k] : stops)
    cairo_pattern_add_color_stop_rgba(pattern, t, k.r, k.g, k.b, k.a);
  return Paint(pattern);
}
Paint Paint::radial(Point centre, double radius, const Stops& stops, double squash_y) {
  cairo_pattern_t* pattern = cairo_pattern_create_radial(0, 0, 0, 0, 0, radius);
  for (const auto& [t, k] : stops)
    cairo_pattern_add_color_stop_rgba(pattern, t, k.r, k.g, k.b, k.a);
  cairo_matrix_t matrix;
  cairo_matrix_init_scale(&matrix, 1, 1 / squash_y);
  cairo_matrix_translate(&matrix, -centre.x, -centre.y);
  cairo_pattern_set_matrix(pattern, &matrix);
  return Paint(pattern);
}

void fill(cairo_t* c, const Path& path, const Paint& paint) {
  cairo_new_path(c);
  path.trace(c);
  paint.use(c);
  cairo_fill(c);
}

void stroke(cairo_t* c, const Path& path, const Paint& paint, double width) {
  cairo_new_path(c);
  path.trace(c);
  paint.use(c);
  cairo_set_line_width(c, width);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(c);
}

void glow(cairo_t* c, Point centre, double rx, double ry, Colour colour) {
  // Stops of a smooth fall-off; a linear one shows a cone.
  const Stops stops = {{0, colour},
                       {0.35, colour.with_alpha(colour.a * 0.72)},
                       {0.7, colour.with_alpha(colour.a * 0.2)},
                       {1, colour.with_alpha(0)}};
  fill(c, Path::ellipse(centre, rx, ry), Paint::radial(centre, rx, stops, ry / rx));
}

void soft_fill(cairo_t* c, const Path& path, Colour colour, double blur) {
  cairo_new_path(c);
  path.trace(c);
  mask_blurred(c, colour, blur, false);
}

void inner_shade(cairo_t* c, const Path& shape, Point offset, Colour colour, double blur) {
  cairo_new_path(c);
  shape.moved(offset).trace(c);
  mask_blurred(c, colour, blur, true);
}

Path brush_outline(const std::vector<Point>& through, double w0, double w1, double w2) {
  const std::vector<Point> centre = sampled(through);
  const int count = static_cast<int>(centre.size());
  std::vector<Point> left, right;
  for (int i = 0; i < count; ++i) {
    const Point tangent = centre[std::min(i + 1, count - 1)] - centre[std::max(i - 1, 0)];
    const double norm = std::max(length(tangent), 1e-6);
    const Point normal{-tangent.y / norm, tangent.x / norm};
    const double t = i / static_cast<double>(std::max(count - 1, 1));
    // A quadratic through the three widths.
    const double width = w0 * (1 - t) * (1 - 2 * t) + w1 * 4 * t * (1 - t) + w2 * t * (2 * t - 1);
    const double half = std::max(width, 0.0) / 2;
    left.push_back(centre[i] + normal * half);
    right.push_back(centre[i] - normal * half);
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return Path::polygon(left);
}

void brush(cairo_t* c, const std::vector<Point>& through, const Paint& paint, double w0, double w1,
           double w2) {
  fill(c, brush_outline(through, w0, w1, w2), paint);
}
void soft_brush(cairo_t* c, const std::vector<Point>& through, Colour colour, double w0, double w1,
                double w2, double blur) {
  soft_fill(c, brush_outline(through, w0, w1, w2), colour, blur);
}

Clip::Clip(cairo_t* c, const Path& path) : c_(c) {
  cairo_save(c);
  cairo_new_path(c);
  path.trace(c);
  cairo_clip(c);
}

Inside::Inside(cairo_t* c, const Path& path) : c_(c), path_(path) {
  cairo_save(c);
  cairo_new_path(c);
  path.trace(c);
  // A clip to whole pixels costs nothing and keeps the group small.
  cairo_matrix_t matrix;
  cairo_get_matrix(c, &matrix);
  cairo_identity_matrix(c);
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  cairo_fill_extents(c, &x0, &y0, &x1, &y1);
  cairo_new_path(c);
  cairo_rectangle(c, std::floor(x0) - 1, std::floor(y0) - 1, std::ceil(x1) - std::floor(x0) + 2,
                  std::ceil(y1) - std::floor(y0) + 2);
  cairo_clip(c);
  cairo_set_matrix(c, &matrix);
  cairo_push_group(c);
}

Inside::~Inside() {
  cairo_pop_group_to_source(c_);
  cairo_new_path(c_);
  path_.trace(c_);
  cairo_fill(c_);
  cairo_restore(c_);
}

}  // namespace understudy::avatar
