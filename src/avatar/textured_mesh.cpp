#include "avatar/textured_mesh.h"

#include <algorithm>
#include <cassert>
#include <cmath>

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

// One row of a triangle. u and v: texture samples with kFraction bits, at the first pixel's centre.
void draw_span(const Plane& plane, const PlaneSet& set, int y, int x0, int x1, int u, int v,
               int du, int dv) {
  std::uint8_t* to = plane.to + static_cast<std::ptrdiff_t>(y) * plane.to_stride;
  const int u_max = ((set.from_width - 1) << kFraction) - 1;
  const int v_max = ((set.from_height - 1) << kFraction) - 1;
  const std::int64_t u_end = u + static_cast<std::int64_t>(du) * (x1 - x0 - 1);
  const std::int64_t v_end = v + static_cast<std::int64_t>(dv) * (x1 - x0 - 1);
  const bool is_inside = u >= 0 && v >= 0 && u <= u_max && v <= v_max && u_end >= 0 &&
                         v_end >= 0 && u_end <= u_max && v_end <= v_max;
  if (is_inside) {
    for (int x = x0; x < x1; ++x, u += du, v += dv) {
      const auto* at = plane.from +
                       static_cast<std::ptrdiff_t>(v >> kFraction) * plane.from_stride +
                       (u >> kFraction);
      to[x] = static_cast<std::uint8_t>(
          sample(at, plane.from_stride, (u >> 8) & 255, (v >> 8) & 255));
    }
    return;
  }
  for (int x = x0; x < x1; ++x, u += du, v += dv) {
    const int cu = std::clamp(u, 0, u_max), cv = std::clamp(v, 0, v_max);
    const auto* at = plane.from +
                     static_cast<std::ptrdiff_t>(cv >> kFraction) * plane.from_stride +
                     (cu >> kFraction);
    to[x] = static_cast<std::uint8_t>(
        sample(at, plane.from_stride, (cu >> 8) & 255, (cv >> 8) & 255));
  }
}

// Where an edge crosses the middle of a row; the same for both triangles at it, as its ends are
// taken in one order.
float crossing(const MeshVertex& a, const MeshVertex& b, float y) {
  const bool is_ordered = a.y < b.y || (a.y == b.y && a.x < b.x);
  const MeshVertex& top = is_ordered ? a : b;
  const MeshVertex& bottom = is_ordered ? b : a;
  return top.x + (y - top.y) * ((bottom.x - top.x) / (bottom.y - top.y));
}

void draw_triangle(const PlaneSet& set, MeshVertex a, MeshVertex b, MeshVertex c) {
  if (b.y < a.y) std::swap(a, b);
  if (c.y < b.y) std::swap(b, c);
  if (b.y < a.y) std::swap(a, b);
  const int first = std::max(set.y0, static_cast<int>(std::ceil(a.y - 0.5F)));
  const int last = std::min(set.y1, static_cast<int>(std::ceil(c.y - 0.5F)));
  if (first >= last) return;
  const float area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  if (std::abs(area) < 1e-5F) return;
  const float dudx = ((b.u - a.u) * (c.y - a.y) - (c.u - a.u) * (b.y - a.y)) / area;
  const float dvdx = ((b.v - a.v) * (c.y - a.y) - (c.v - a.v) * (b.y - a.y)) / area;
  const float dudy = ((c.u - a.u) * (b.x - a.x) - (b.u - a.u) * (c.x - a.x)) / area;
  const float dvdy = ((c.v - a.v) * (b.x - a.x) - (b.v - a.v) * (c.x - a.x)) / area;
  const auto fixed = [](float value) {
    return static_cast<int>(std::clamp(value, -16000.0F, 16000.0F) * kOne);
  };
  const int du = fixed(dudx), dv = fixed(dvdx);
  for (int y = first; y < last; ++y) {
    const float middle = static_cast<float>(y) + 0.5F;
    const float long_side = crossing(a, c, middle);
    const float short_side = middle < b.y ? crossing(a, b, middle) : crossing(b, c, middle);
    const float left = std::min(long_side, short_side), right = std::max(long_side, short_side);
    const int x0 = std::max(set.x0, static_cast<int>(std::ceil(left - 0.5F)));
    const int x1 = std::min(set.x1, static_cast<int>(std::ceil(right - 0.5F)));
    if (x0 >= x1) continue;
    const float dx = static_cast<float>(x0) + 0.5F - a.x, dy = middle - a.y;
    const int u = fixed(a.u + dx * dudx + dy * dudy - 0.5F);
    const int v = fixed(a.v + dx * dvdx + dy * dvdy - 0.5F);
    for (int i = 0; i < set.count; ++i)
      draw_span(set.planes[static_cast<std::size_t>(i)], set, y, x0, x1, u, v, du, dv);
  }
}

void draw_quads(const PlaneSet& set, std::span<const MeshVertex> vertices,
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
  return {luma(x, y),
          bilinear(frame_.u, frame_.width / 2, frame_.height / 2, x * half, y * half),
          bilinear(frame_.v, frame_.width / 2, frame_.height / 2, x * half, y * half)};
}

void draw_mesh(const PhotoTexture& texture, std::span<const MeshVertex> vertices,
               std::span<const Quad> quads, const media::Rectangle& clip, media::Frame& out) {
  const media::Frame& from = texture.frame();
  PlaneSet fine;
  fine.planes[0] = {from.y.data(), out.y.data(), from.width, out.width};
  fine.count = 1;
  if (!from.alpha.empty() && !out.alpha.empty()) {
    fine.planes[1] = {from.alpha.data(), out.alpha.data(), from.width, out.width};
    fine.count = 2;
  }
  fine.from_width = from.width;
  fine.from_height = from.height;
  fine.x0 = clip.x;
  fine.y0 = clip.y;
  fine.x1 = clip.x + clip.width;
  fine.y1 = clip.y + clip.height;
  fine.from_scale = PhotoTexture::kScale;
  draw_quads(fine, vertices, quads);

  PlaneSet coarse;
  coarse.planes[0] = {from.u.data(), out.u.data(), from.width / 2, out.width / 2};
  coarse.planes[1] = {from.v.data(), out.v.data(), from.width / 2, out.width / 2};
  coarse.count = 2;
  coarse.from_width = from.width / 2;
  coarse.from_height = from.height / 2;
  coarse.x0 = clip.x / 2;
  coarse.y0 = clip.y / 2;
  coarse.x1 = (clip.x + clip.width) / 2;
  coarse.y1 = (clip.y + clip.height) / 2;
  coarse.from_scale = PhotoTexture::kScale / 2.0F;
  coarse.to_scale = 0.5F;
  draw_quads(coarse, vertices, quads);
}

}  // namespace understudy::avatar
