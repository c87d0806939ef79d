#include "avatar/layer.h"

#include <algorithm>
#include <cmath>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

#if defined(__SSE2__)
// Both rows at once, in 16-bit lanes.
inline std::uint32_t blended(const std::uint32_t* top, const std::uint32_t* bottom,
                             std::uint32_t fx, std::uint32_t fy) {
  const __m128i zero = _mm_setzero_si128(), half = _mm_set1_epi16(128);
  const __m128i a = _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(top)), zero);
  const __m128i b =
      _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bottom)), zero);
  const auto weight = [](std::uint32_t w) { return _mm_set1_epi16(static_cast<std::int16_t>(w)); };
  // Down the columns first: left and right pixel side by side.
  __m128i column =
      _mm_add_epi16(_mm_mullo_epi16(a, weight(256 - fy)), _mm_mullo_epi16(b, weight(fy)));
  column = _mm_srli_epi16(_mm_add_epi16(column, half), 8);
  const __m128i right = _mm_srli_si128(column, 8);
  __m128i pixel =
      _mm_add_epi16(_mm_mullo_epi16(column, weight(256 - fx)), _mm_mullo_epi16(right, weight(fx)));
  pixel = _mm_srli_epi16(_mm_add_epi16(pixel, half), 8);
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_packus_epi16(pixel, pixel)));
}
#else
inline std::uint32_t blended(const std::uint32_t* top, const std::uint32_t* bottom,
                             std::uint32_t fx, std::uint32_t fy) {
  const std::uint64_t left = between(spread(top[0]), spread(bottom[0]), fy);
  const std::uint64_t right = between(spread(top[1]), spread(bottom[1]), fy);
  return gathered(between(left, right, fx));
}
#endif

inline std::uint32_t over(std::uint32_t top, std::uint32_t bottom) {
  const std::uint32_t alpha = top >> 24;
  if (alpha == 255 || bottom == 0) return top;
  const std::uint64_t rest = spread(bottom) * (255 - alpha) + 0x0080008000800080ULL;
  return top + gathered(((rest + ((rest >> 8) & kLanes)) >> 8) & kLanes);
}

// The pixels x0..x1 of a row whose source lies inside the layer: u in 0..u_end, in 16.16.
void clip_span(double start, double step, double end, int& x0, int& x1, int origin) {
  if (std::abs(step) < 1e-9) {
    if (start < 0 || start >= end) x1 = x0;
    return;
  }
  double first = -start / step, last = (end - start) / step;
  if (first > last) std::swap(first, last);
  x0 = std::max(x0, origin + static_cast<int>(std::ceil(std::clamp(first, -1e6, 1e6))));
  x1 = std::min(x1, origin + static_cast<int>(std::floor(std::clamp(last, -1e6, 1e6))) + 1);
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

void redraw_layer(Layer& layer, const Box& bounds, double scale,
                  const std::function<void(cairo_t*)>& draw) {
  if (layer.is_empty()) {
    layer.scale = scale;
    layer.box = bounds;
    layer.origin = {bounds.x0 - 1 / scale, bounds.y0 - 1 / scale};
    layer.surface = make_surface(static_cast<int>(std::ceil((bounds.x1 - bounds.x0) * scale)) + 2,
                                 static_cast<int>(std::ceil((bounds.y1 - bounds.y0) * scale)) + 2);
  }
  const ContextPtr c = make_context(layer.surface.get());
  cairo_set_operator(c.get(), CAIRO_OPERATOR_CLEAR);
  cairo_paint(c.get());
  cairo_set_operator(c.get(), CAIRO_OPERATOR_OVER);
  cairo_translate(c.get(), 1, 1);
  cairo_scale(c.get(), scale, scale);
  cairo_translate(c.get(), -bounds.x0, -bounds.y0);
  draw(c.get());
  cairo_surface_flush(layer.surface.get());
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
    int from = x0, to = x1;
    clip_span(start.x, to_layer.xx, source.width - 1, from, to, x0);
    std::int32_t u = fixed(start.x + to_layer.xx * (from - x0));
    std::int32_t v = fixed(start.y + to_layer.yx * (from - x0));
    std::uint32_t* out = target + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = from; x < to; ++x, u += du, v += dv) {
      std::int32_t row = v;
      if (warp) {
        const int i = v >> 16;
        if (i < 0 || i + 1 >= static_cast<int>(rows.size())) continue;
        row =
            rows[i] + static_cast<std::int32_t>(
                          (static_cast<std::int64_t>(rows[i + 1] - rows[i]) * (v & 0xFFFF)) >> 16);
      }
      const int sx = u >> 16, sy = row >> 16;
      // Unsigned: below 0 counts as beyond the end.
      if (static_cast<unsigned>(sx) >= static_cast<unsigned>(source.width - 1) ||
          static_cast<unsigned>(sy) >= static_cast<unsigned>(source.height - 1))
        continue;
      const std::uint32_t* top =
          source.pixels + static_cast<std::ptrdiff_t>(sy) * source.stride + sx;
      const std::uint32_t* bottom = top + source.stride;
      if ((top[0] | top[1] | bottom[0] | bottom[1]) == 0) continue;
      out[x] = over(blended(top, bottom, u >> 8 & 255, row >> 8 & 255), out[x]);
    }
  }
  cairo_surface_mark_dirty(canvas);
}

}  // namespace understudy::avatar
