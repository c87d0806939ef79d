#include "avatar/layer.h"

#include <algorithm>
#include <cmath>

namespace understudy::avatar {
namespace {

// Four 8-bit channels in the lanes of a 64-bit word, so that one multiplication scales all of them.
constexpr std::uint64_t kLanes = 0x00FF00FF00FF00FFULL;
inline std::uint64_t spread(std::uint32_t p) {
  return (static_cast<std::uint64_t>(p & 0xFF00FF00U) << 24) | (p & 0x00FF00FFU);
}
inline std::uint32_t gathered(std::uint64_t p) {
  return static_cast<std::uint32_t>((p >> 24) & 0xFF00FF00U) |
         static_cast<std::uint32_t>(p & 0x00FF00FFU);
}
// a + (b - a) * w / 256
inline std::uint64_t between(std::uint64_t a, std::uint64_t b, std::uint32_t w) {
  return ((a * (256 - w) + b * w + 0x0080008000800080ULL) >> 8) & kLanes;
}

struct Source {
  const std::uint32_t* pixels;
  int stride;  // pixels
  int width;
  int height;
};

inline std::uint32_t sample(const Source& s, std::int32_t u, std::int32_t v) {
  const int x = u >> 16, y = v >> 16;
  if (x < 0 || y < 0 || x >= s.width - 1 || y >= s.height - 1) return 0;
  const std::uint32_t* p = s.pixels + static_cast<std::ptrdiff_t>(y) * s.stride + x;
  const std::uint32_t p00 = p[0], p01 = p[1], p10 = p[s.stride], p11 = p[s.stride + 1];
  if ((p00 | p01 | p10 | p11) == 0) return 0;
  if (p00 == p01 && p10 == p11 && p00 == p10) return p00;
  const auto fx = static_cast<std::uint32_t>(u >> 8 & 255),
             fy = static_cast<std::uint32_t>(v >> 8 & 255);
  return gathered(
      between(between(spread(p00), spread(p01), fx), between(spread(p10), spread(p11), fx), fy));
}

inline std::uint32_t over(std::uint32_t top, std::uint32_t bottom) {
  const std::uint32_t alpha = top >> 24;
  if (alpha == 255 || bottom == 0) return top;
  const std::uint64_t rest = spread(bottom) * (255 - alpha) + 0x0080008000800080ULL;
  return top + gathered(((rest + ((rest >> 8) & kLanes)) >> 8) & kLanes);
}

std::int32_t fixed(double value) {
  return static_cast<std::int32_t>(std::lround(std::clamp(value, -32000.0, 32000.0) * 65536));
}

}  // namespace

Affine Affine::after(const Affine& f) const {
  return {xx * f.xx + xy * f.yx, xx * f.xy + xy * f.yy, xx * f.x0 + xy * f.y0 + x0,
          yx * f.xx + yy * f.yx, yx * f.xy + yy * f.yy, yx * f.x0 + yy * f.y0 + y0};
}

Affine Affine::inverse() const {
  const double d = xx * yy - xy * yx;
  return {yy / d, -xy / d, (xy * y0 - yy * x0) / d, -yx / d, xx / d, (yx * x0 - xx * y0) / d};
}

Affine Affine::rotation_about(Point pivot, double radians) {
  const double c = std::cos(radians), s = std::sin(radians);
  return {c, -s, pivot.x - c * pivot.x + s * pivot.y, s, c, pivot.y - s * pivot.x - c * pivot.y};
}

void Affine::use(cairo_t* c) const {
  cairo_matrix_t matrix;
  cairo_matrix_init(&matrix, xx, yx, xy, yy, x0, y0);
  cairo_transform(c, &matrix);
}

Box united(const Box& a, const Box& b) {
  if (a.is_empty()) return b;
  if (b.is_empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

Box mapped(const Box& box, const Affine& map) {
  Box result{1e9, 1e9, -1e9, -1e9};
  for (const Point corner : {Point{box.x0, box.y0}, Point{box.x1, box.y0}, Point{box.x0, box.y1},
                             Point{box.x1, box.y1}}) {
    const Point p = map.apply(corner);
    result = {std::min(result.x0, p.x), std::min(result.y0, p.y), std::max(result.x1, p.x),
              std::max(result.y1, p.y)};
  }
  return result;
}

Layer make_layer(const Box& bounds, double scale, const std::function<void(cairo_t*)>& draw) {
  const int width = static_cast<int>(std::ceil((bounds.x1 - bounds.x0) * scale)) + 2;
  const int height = static_cast<int>(std::ceil((bounds.y1 - bounds.y0) * scale)) + 2;
  const SurfacePtr whole = make_surface(width, height);
  {
    const ContextPtr c = make_context(whole.get());
    cairo_translate(c.get(), 1, 1);
    cairo_scale(c.get(), scale, scale);
    cairo_translate(c.get(), -bounds.x0, -bounds.y0);
    draw(c.get());
  }
  cairo_surface_flush(whole.get());
  const auto* pixels =
      reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(whole.get()));
  const int stride = cairo_image_surface_get_stride(whole.get()) / 4;
  int left = width, top = height, right = -1, bottom = -1;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if (pixels[static_cast<std::ptrdiff_t>(y) * stride + x] != 0) {
        left = std::min(left, x), right = std::max(right, x);
        top = std::min(top, y), bottom = std::max(bottom, y);
      }
  if (right < 0) return {};
  Layer layer;
  layer.scale = scale;
  layer.origin = {bounds.x0 + (left - 2) / scale, bounds.y0 + (top - 2) / scale};
  layer.box = {bounds.x0 + (left - 2) / scale, bounds.y0 + (top - 2) / scale,
               bounds.x0 + (right + 1) / scale, bounds.y0 + (bottom + 1) / scale};
  layer.surface = make_surface(right - left + 3, bottom - top + 3);
  const ContextPtr c = make_context(layer.surface.get());
  cairo_set_operator(c.get(), CAIRO_OPERATOR_SOURCE);
  cairo_set_source_surface(c.get(), whole.get(), 1 - left, 1 - top);
  cairo_paint(c.get());
  cairo_surface_flush(layer.surface.get());
  return layer;
}

void place(const Layer& layer, const Affine& to_canvas, const media::Rectangle& clip,
           cairo_surface_t* canvas, const RowWarp& warp) {
  if (layer.is_empty()) return;
  cairo_surface_flush(canvas);
  const Source source{
      reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(layer.surface.get())),
      cairo_image_surface_get_stride(layer.surface.get()) / 4,
      cairo_image_surface_get_width(layer.surface.get()),
      cairo_image_surface_get_height(layer.surface.get())};
  auto* target = reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(canvas));
  const int stride = cairo_image_surface_get_stride(canvas) / 4;
  Box reach = layer.box;
  if (warp) reach.y1 += 40;
  const Box box = mapped(reach, to_canvas);
  const int x0 = std::max(clip.x, static_cast<int>(std::floor(box.x0)) - 1);
  const int x1 = std::min(clip.x + clip.width, static_cast<int>(std::ceil(box.x1)) + 1);
  const int y0 = std::max(clip.y, static_cast<int>(std::floor(box.y0)) - 1);
  const int y1 = std::min(clip.y + clip.height, static_cast<int>(std::ceil(box.y1)) + 1);
  // Canvas pixel centres to layer pixels; sample() wants corners of the four neighbours.
  const Affine to_layer = Affine::shift(-0.5, -0.5)
                              .after(Affine::scale(layer.scale))
                              .after(Affine::shift(-layer.origin.x, -layer.origin.y))
                              .after(to_canvas.inverse())
                              .after(Affine::shift(0.5, 0.5));
  std::vector<std::int32_t> rows;  // of the warp: a layer row to a source row, both 16.16
  if (warp) {
    rows.resize(source.height + static_cast<int>(40 * layer.scale) + 2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double y = layer.origin.y + (static_cast<double>(i) + 0.5) / layer.scale;
      rows[i] = fixed((warp(y) - layer.origin.y) * layer.scale - 0.5);
    }
  }
  const std::int32_t du = fixed(to_layer.xx), dv = fixed(to_layer.yx);
  for (int y = y0; y < y1; ++y) {
    const Point start = to_layer.apply({static_cast<double>(x0), static_cast<double>(y)});
    std::int32_t u = fixed(start.x), v = fixed(start.y);
    std::uint32_t* out = target + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = x0; x < x1; ++x, u += du, v += dv) {
      std::int32_t row = v;
      if (warp) {
        const int i = v >> 16;
        if (i < 0 || i + 1 >= static_cast<int>(rows.size())) continue;
        row =
            rows[i] + static_cast<std::int32_t>(
                          (static_cast<std::int64_t>(rows[i + 1] - rows[i]) * (v & 0xFFFF)) >> 16);
      }
      const std::uint32_t top = sample(source, u, row);
      if (top != 0) out[x] = over(top, out[x]);
    }
  }
  cairo_surface_mark_dirty(canvas);
}

}  // namespace understudy::avatar
