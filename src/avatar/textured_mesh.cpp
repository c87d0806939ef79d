#include "avatar/textured_mesh.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace understudy::avatar {
namespace {

constexpr int kFraction = 16;  // bits behind the point of texture places
constexpr int kOne = 1 << kFraction;

struct Plane {
  const std::uint8_t* from = nullptr;
  std::uint8_t* to = nullptr;
  int from_stride = 0;
  int to_stride = 0;
};

// Planes of one size that share their geometry: luma with alpha, or both of chroma.
struct PlaneSet {
  std::array<Plane, 2> planes{};
  int count = 0;
  int from_width = 0;
  int from_height = 0;
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // what may be drawn
  float from_scale = 1;                // canvas pixels to samples of the texture
  float to_scale = 1;                  // canvas pixels to samples of the picture
};

inline int sample(const std::uint8_t* at, int stride, int fx, int fy) {
  const int top = at[0] * (256 - fx) + at[1] * fx;
  const int bottom = at[stride] * (256 - fx) + at[stride + 1] * fx;
  return (top * (256 - fy) + bottom * fy + (1 << 15)) >> 16;
}

// A row of pixels that all lie inside the texture.
inline void draw_inside(const Plane& plane, std::uint8_t* to, int count, int u, int v, int du,
                        int dv) {
  for (int x = 0; x < count; ++x, u += du, v += dv) {
    const auto* at = plane.from + static_cast<std::ptrdiff_t>(v >> kFraction) * plane.from_stride +
                     (u >> kFraction);
    to[x] =
        static_cast<std::uint8_t>(sample(at, plane.from_stride, (u >> 8) & 255, (v >> 8) & 255));
  }
}

#if defined(__x86_64__)
// The same, eight pixels at a time: this loop is most of what a frame costs. Requires: four samples
// behind every place that is read.
__attribute__((target("avx2"))) void draw_inside_avx2(const Plane& plane, std::uint8_t* to,
                                                      int count, int u, int v, int du, int dv) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i us =
      _mm256_add_epi32(_mm256_set1_epi32(u), _mm256_mullo_epi32(lanes, _mm256_set1_epi32(du)));
  __m256i vs =
      _mm256_add_epi32(_mm256_set1_epi32(v), _mm256_mullo_epi32(lanes, _mm256_set1_epi32(dv)));
  const __m256i du8 = _mm256_set1_epi32(du * 8), dv8 = _mm256_set1_epi32(dv * 8);
  const __m256i stride = _mm256_set1_epi32(plane.from_stride);
  const __m256i byte = _mm256_set1_epi32(255), one = _mm256_set1_epi32(256);
  const auto* top_row = reinterpret_cast<const int*>(plane.from);
  const auto* bottom_row = reinterpret_cast<const int*>(plane.from + plane.from_stride);
  // a0 in the lower half of each lane, a1 in the upper one, both weighed and summed.
  const auto weighed = [&](__m256i pairs, __m256i share) __attribute__((target("avx2"))) {
    const __m256i weights =
        _mm256_or_si256(_mm256_sub_epi32(one, share), _mm256_slli_epi32(share, 16));
    return _mm256_madd_epi16(pairs, weights);
  };
  const auto neighbours = [&](__m256i words) __attribute__((target("avx2"))) {
    return _mm256_or_si256(
        _mm256_and_si256(words, byte),
        _mm256_slli_epi32(_mm256_and_si256(words, _mm256_set1_epi32(0xff00)), 8));
  };
  int x = 0;
  for (; x + 8 <= count; x += 8) {
    const __m256i index =
        _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(vs, kFraction), stride),
                         _mm256_srai_epi32(us, kFraction));
    const __m256i fx = _mm256_and_si256(_mm256_srli_epi32(us, 8), byte);
    const __m256i fy = _mm256_and_si256(_mm256_srli_epi32(vs, 8), byte);
    const __m256i top = weighed(neighbours(_mm256_i32gather_epi32(top_row, index, 1)), fx);
    const __m256i bottom = weighed(neighbours(_mm256_i32gather_epi32(bottom_row, index, 1)), fx);
    // Halved, so that 16 bits with a sign hold them.
    const __m256i column = _mm256_or_si256(_mm256_srli_epi32(top, 1),
                                           _mm256_slli_epi32(_mm256_srli_epi32(bottom, 1), 16));
    const __m256i sum =
        _mm256_srli_epi32(_mm256_add_epi32(weighed(column, fy), _mm256_set1_epi32(1 << 14)), 15);
    const __m256i words = _mm256_packus_epi32(sum, sum);
    const __m256i bytes = _mm256_packus_epi16(words, words);
    const int low = _mm256_extract_epi32(bytes, 0), high = _mm256_extract_epi32(bytes, 4);
    std::memcpy(to + x, &low, 4);
    std::memcpy(to + x + 4, &high, 4);
    us = _mm256_add_epi32(us, du8);
    vs = _mm256_add_epi32(vs, dv8);
  }
  draw_inside(plane, to + x, count - x, u + du * x, v + dv * x, du, dv);
}
#endif

using DrawInside = void (*)(const Plane&, std::uint8_t*, int, int, int, int, int);

DrawInside fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return draw_inside_avx2;
#endif
  return draw_inside;
}

const DrawInside kDrawInside = fastest();

// A row of which every sample lies within the texture. The rows of small triangles are too short
// for a vector.
inline __attribute__((always_inline)) void draw_within(const Plane& plane, int y, int x0, int x1,
                                                       int u, int v, int du, int dv) {
  std::uint8_t* to = plane.to + static_cast<std::ptrdiff_t>(y) * plane.to_stride + x0;
  if (x1 - x0 < 8) {
    draw_inside(plane, to, x1 - x0, u, v, du, dv);
  } else {
    kDrawInside(plane, to, x1 - x0, u, v, du, dv);
  }
}

// One row of a triangle or cell. u and v: texture samples with kFraction bits, at the first pixel's
// centre.
void draw_span(const Plane& plane, const PlaneSet& set, int y, int x0, int x1, int u, int v, int du,
               int dv) {
  std::uint8_t* to = plane.to + static_cast<std::ptrdiff_t>(y) * plane.to_stride;
  const int u_safe = (set.from_width - 4) << kFraction;
  const int u_max = ((set.from_width - 1) << kFraction) - 1;
  const int v_max = ((set.from_height - 1) << kFraction) - 1;
  const std::int64_t u_end = u + static_cast<std::int64_t>(du) * (x1 - x0 - 1);
  const std::int64_t v_end = v + static_cast<std::int64_t>(dv) * (x1 - x0 - 1);
  const bool is_inside = u >= 0 && v >= 0 && u <= u_safe && v <= v_max && u_end >= 0 &&
                         v_end >= 0 && u_end <= u_safe && v_end <= v_max;
  if (is_inside) return draw_within(plane, y, x0, x1, u, v, du, dv);
  for (int x = x0; x < x1; ++x, u += du, v += dv) {
    const int cu = std::clamp(u, 0, u_max), cv = std::clamp(v, 0, v_max);
    const auto* at = plane.from + static_cast<std::ptrdiff_t>(cv >> kFraction) * plane.from_stride +
                     (cu >> kFraction);
    to[x] =
        static_cast<std::uint8_t>(sample(at, plane.from_stride, (cu >> 8) & 255, (cv >> 8) & 255));
  }
}

inline int fixed(float value) {
  return static_cast<int>(std::clamp(value, -16000.0F, 16000.0F) * kOne);
}

// Where an edge crosses the middles of rows; the same for both triangles at it, as its ends are
// taken in one order.
class Edge {
 public:
  Edge(const MeshVertex& a, const MeshVertex& b) {
    const bool is_ordered = a.y < b.y || (a.y == b.y && a.x < b.x);
    const MeshVertex& top = is_ordered ? a : b;
    const MeshVertex& bottom = is_ordered ? b : a;
    x_ = top.x, y_ = top.y;
    slope_ = (bottom.x - top.x) / (bottom.y - top.y);
  }
  // With kFraction bits.
  int at(float y) const { return fixed(x_ + (y - y_) * slope_); }

 private:
  float x_, y_, slope_;
};

// Whether no pixel of a triangle asks for a sample at the texture's rim or beyond it.
bool lies_within(const PlaneSet& set, const MeshVertex& a, const MeshVertex& b,
                 const MeshVertex& c) {
  const auto [u0, u1] = std::minmax({a.u, b.u, c.u});
  const auto [v0, v1] = std::minmax({a.v, b.v, c.v});
  // A sample's middle is half a sample off, and steps of 16 bits add up to a little.
  return u0 > 1 && v0 > 1 && u1 < static_cast<float>(set.from_width - 4) &&
         v1 < static_cast<float>(set.from_height - 1);
}

inline __attribute__((always_inline)) void draw_triangle(const PlaneSet& set, MeshVertex a,
                                                         MeshVertex b, MeshVertex c) {
  if (b.y < a.y) std::swap(a, b);
  if (c.y < b.y) std::swap(b, c);
  if (b.y < a.y) std::swap(a, b);
  const int first = std::max(set.y0, static_cast<int>(std::ceil(a.y - 0.5F)));
  const int last = std::min(set.y1, static_cast<int>(std::ceil(c.y - 0.5F)));
  if (first >= last) return;
  const float area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  if (std::abs(area) < 1e-5F) return;
  const float share = 1 / area;
  const float dudx = ((b.u - a.u) * (c.y - a.y) - (c.u - a.u) * (b.y - a.y)) * share;
  const float dvdx = ((b.v - a.v) * (c.y - a.y) - (c.v - a.v) * (b.y - a.y)) * share;
  const float dudy = ((c.u - a.u) * (b.x - a.x) - (b.u - a.u) * (c.x - a.x)) * share;
  const float dvdy = ((c.v - a.v) * (b.x - a.x) - (b.v - a.v) * (c.x - a.x)) * share;
  const int du = fixed(dudx), dv = fixed(dvdx);
  const bool is_within = lies_within(set, a, b, c);
  const Edge whole(a, c), upper(a, b), lower(b, c);
  // The first pixel whose centre is not left of an edge.
  const auto pixel_at = [](int edge) { return (edge + kOne / 2 - 1) >> kFraction; };
  const float u_start = a.u - 0.5F + (0.5F - a.x) * dudx;
  const float v_start = a.v - 0.5F + (0.5F - a.x) * dvdx;
  for (int y = first; y < last; ++y) {
    const float middle = static_cast<float>(y) + 0.5F;
    const int long_side = whole.at(middle);
    const int short_side = middle < b.y ? upper.at(middle) : lower.at(middle);
    const int x0 = std::max(set.x0, pixel_at(std::min(long_side, short_side)));
    const int x1 = std::min(set.x1, pixel_at(std::max(long_side, short_side)));
    if (x0 >= x1) continue;
    const float x = static_cast<float>(x0), dy = middle - a.y;
    const float u = u_start + x * dudx + dy * dudy, v = v_start + x * dvdx + dy * dvdy;
    if (is_within) {
      const int u_fixed = static_cast<int>(u * kOne), v_fixed = static_cast<int>(v * kOne);
      for (int i = 0; i < set.count; ++i)
        draw_within(set.planes[static_cast<std::size_t>(i)], y, x0, x1, u_fixed, v_fixed, du, dv);
    } else {
      for (int i = 0; i < set.count; ++i)
        draw_span(set.planes[static_cast<std::size_t>(i)], set, y, x0, x1, fixed(u), fixed(v), du,
                  dv);
    }
  }
}

// Inlined into a form for each kind of processor.
inline __attribute__((always_inline)) void draw_all(const PlaneSet& set,
                                                    std::span<const MeshVertex> vertices,
                                                    std::span<const Quad> quads) {
  const auto vertex = [&](std::uint32_t i) {
    const MeshVertex& v = vertices[i];
    assert(std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.u) && std::isfinite(v.v));
    return MeshVertex{v.x * set.to_scale, v.y * set.to_scale, v.u * set.from_scale,
                      v.v * set.from_scale};
  };
  for (const Quad& quad : quads) {
    const std::array<MeshVertex, 4> v = {vertex(quad.corners[0]), vertex(quad.corners[1]),
                                         vertex(quad.corners[2]), vertex(quad.corners[3])};
    draw_triangle(set, v[0], v[1], v[2]);
    draw_triangle(set, v[0], v[2], v[3]);
  }
}

using DrawQuads = void (*)(const PlaneSet&, std::span<const MeshVertex>, std::span<const Quad>);

void draw_plainly(const PlaneSet& set, std::span<const MeshVertex> vertices,
                  std::span<const Quad> quads) {
  draw_all(set, vertices, quads);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void draw_avx2(const PlaneSet& set,
                                               std::span<const MeshVertex> vertices,
                                               std::span<const Quad> quads) {
  draw_all(set, vertices, quads);
}
#endif

DrawQuads fastest_quads() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return draw_avx2;
#endif
  return draw_plainly;
}

const DrawQuads draw_quads = fastest_quads();

PlaneSet fine_planes(const PhotoTexture& texture, const media::Rectangle& clip, media::Frame& out) {
  const media::Frame& from = texture.frame();
  PlaneSet set;
  set.planes[0] = {from.y.data(), out.y.data(), from.width, out.width};
  set.count = 1;
  if (!from.alpha.empty() && !out.alpha.empty()) {
    set.planes[1] = {from.alpha.data(), out.alpha.data(), from.width, out.width};
    set.count = 2;
  }
  set.from_width = from.width;
  set.from_height = from.height;
  set.x0 = clip.x;
  set.y0 = clip.y;
  set.x1 = clip.x + clip.width;
  set.y1 = clip.y + clip.height;
  set.from_scale = PhotoTexture::kScale;
  return set;
}

PlaneSet coarse_planes(const PhotoTexture& texture, const media::Rectangle& clip,
                       media::Frame& out) {
  const media::Frame& from = texture.frame();
  PlaneSet set;
  set.planes[0] = {from.u.data(), out.u.data(), from.width / 2, out.width / 2};
  set.planes[1] = {from.v.data(), out.v.data(), from.width / 2, out.width / 2};
  set.count = 2;
  set.from_width = from.width / 2;
  set.from_height = from.height / 2;
  set.x0 = clip.x / 2;
  set.y0 = clip.y / 2;
  set.x1 = (clip.x + clip.width) / 2;
  set.y1 = (clip.y + clip.height) / 2;
  set.from_scale = PhotoTexture::kScale / 2.0F;
  set.to_scale = 0.5F;
  return set;
}

// `divisor`: of canvas pixels to samples of the planes.
void draw_cell(const PlaneSet& set, const BendGrid& grid, const GridCell& cell, int divisor) {
  const int size = grid.cell / divisor;
  const int left = cell.column * size, top = cell.row * size;
  const int x1 = std::min(left + size, set.x1), y1 = std::min(top + size, set.y1);
  const auto corner = [&](int column, int row) {
    const auto& source = grid.sources[grid.index(cell.column + column, cell.row + row)];
    return std::array<float, 2>{source[0] * set.from_scale, source[1] * set.from_scale};
  };
  const auto a = corner(0, 0), b = corner(1, 0), c = corner(0, 1), d = corner(1, 1);
  const float step = 1 / static_cast<float>(size);
  for (int y = top; y < y1; ++y) {
    const float fy = (static_cast<float>(y - top) + 0.5F) * step;
    const float u0 = a[0] + (c[0] - a[0]) * fy, u1 = b[0] + (d[0] - b[0]) * fy;
    const float v0 = a[1] + (c[1] - a[1]) * fy, v1 = b[1] + (d[1] - b[1]) * fy;
    const float du = (u1 - u0) * step, dv = (v1 - v0) * step;
    for (int i = 0; i < set.count; ++i) {
      draw_span(set.planes[static_cast<std::size_t>(i)], set, y, left, x1,
                fixed(u0 + du * 0.5F - 0.5F), fixed(v0 + dv * 0.5F - 0.5F), fixed(du), fixed(dv));
    }
  }
}

double bilinear(const std::vector<std::uint8_t>& plane, int width, int height, double x, double y) {
  x = std::clamp(x - 0.5, 0.0, width - 1.001);
  y = std::clamp(y - 0.5, 0.0, height - 1.001);
  const auto column = static_cast<std::size_t>(x), row = static_cast<std::size_t>(y);
  const double fx = x - static_cast<double>(column), fy = y - static_cast<double>(row);
  const auto* at = plane.data() + row * static_cast<std::size_t>(width) + column;
  return (at[0] * (1 - fx) + at[1] * fx) * (1 - fy) +
         (at[width] * (1 - fx) + at[width + 1] * fx) * fy;
}

}  // namespace

double PhotoTexture::luma(double x, double y) const {
  return bilinear(frame_.y, frame_.width, frame_.height, x * kScale, y * kScale);
}

double PhotoTexture::alpha(double x, double y) const {
  if (frame_.alpha.empty()) return 255;
  return bilinear(frame_.alpha, frame_.width, frame_.height, x * kScale, y * kScale);
}

std::array<double, 3> PhotoTexture::colour(double x, double y) const {
  const double half = kScale / 2.0;
  return {luma(x, y), bilinear(frame_.u, frame_.width / 2, frame_.height / 2, x * half, y * half),
          bilinear(frame_.v, frame_.width / 2, frame_.height / 2, x * half, y * half)};
}

void draw_mesh(const PhotoTexture& texture, std::span<const MeshVertex> vertices,
               std::span<const Quad> quads, const media::Rectangle& clip, media::Frame& out) {
  draw_quads(fine_planes(texture, clip, out), vertices, quads);
  draw_quads(coarse_planes(texture, clip, out), vertices, quads);
}

void draw_luma(const PhotoTexture& texture, std::span<const MeshVertex> vertices,
               std::span<const Quad> quads, int width, std::span<std::uint8_t> out) {
  const media::Frame& from = texture.frame();
  PlaneSet set;
  set.planes[0] = {from.y.data(), out.data(), from.width, width};
  set.count = 1;
  set.from_width = from.width;
  set.from_height = from.height;
  set.x1 = width;
  set.y1 = static_cast<int>(out.size()) / width;
  set.from_scale = PhotoTexture::kScale;
  draw_quads(set, vertices, quads);
}

void draw_cells(const PhotoTexture& texture, const BendGrid& grid, std::span<const GridCell> cells,
                media::Frame& out) {
  const media::Rectangle whole{0, 0, out.width, out.height};
  const PlaneSet fine = fine_planes(texture, whole, out);
  const PlaneSet coarse = coarse_planes(texture, whole, out);
  for (const GridCell& cell : cells) {
    draw_cell(fine, grid, cell, 1);
    draw_cell(coarse, grid, cell, 2);
  }
}

}  // namespace understudy::avatar
