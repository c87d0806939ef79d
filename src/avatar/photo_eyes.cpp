#include "avatar/photo_eyes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::avatar {
namespace {

using face::Point;

MeshVertex vertex(Point at, Point from) {
  return {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(from.x),
          static_cast<float>(from.y)};
}

// A grid of columns x rows cells, vertices row by row.
std::vector<Quad> grid_quads(int columns, int rows) {
  std::vector<Quad> quads;
  const auto stride = static_cast<std::uint32_t>(columns + 1);
  for (std::uint32_t r = 0; r < static_cast<std::uint32_t>(rows); ++r) {
    for (std::uint32_t c = 0; c < static_cast<std::uint32_t>(columns); ++c) {
      const std::uint32_t a = r * stride + c;
      quads.push_back({{a, a + 1, a + stride + 1, a + stride}});
    }
  }
  return quads;
}

// The y of a curve through four points of an eye's edge at the share u of its width.
Point edge_at(const face::Landmarks& points, std::size_t corner, std::size_t first,
              std::size_t second, std::size_t other, Point down, double u) {
  const Point a = points[corner], d = points[other];
  const Point chord = face::mix(a, d, u);
  // A parabola of the heights of both inner points over the chord, skewed to the higher one.
  const double f = 1.0 / 3, g = 2.0 / 3;
  const double h1 = face::dot(points[first] - face::mix(a, d, f), down);
  const double h2 = face::dot(points[second] - face::mix(a, d, g), down);
  const double w = 4 * u * (1 - u);
  const double skew = (h2 - h1) * (u - 0.5) * 1.5;
  return chord + down * (w * ((h1 + h2) / 2 * 1.125 + skew));
}

}  // namespace

PhotoEyes::PhotoEyes(const face::Landmarks& points, const PhotoTexture& texture)
    : eyes_{eye_of(points, false, texture), eye_of(points, true, texture)} {}

PhotoEyes::Eye PhotoEyes::eye_of(const face::Landmarks& points, bool is_right,
                                 const PhotoTexture& texture) {
  const std::size_t b = is_right ? face::kRightEye : face::kLeftEye;
  const std::size_t brow = is_right ? 22 : 17;
  const Point across = points[b + 3] - points[b];
  const double width = std::max(face::length(across), 2.0);
  const Point along = across * (1 / width), down = face::quarter_turn(along);
  const double height =
      face::dot(points[b + 5] + points[b + 4] - points[b + 1] - points[b + 2], down) / 2;
  std::vector<Point> edge, upper, lower;
  double reach = 1e9;  // to the brow
  for (int i = 0; i <= kColumns; ++i) {
    const double u = i / static_cast<double>(kColumns);
    // A little beyond the corners, where nothing moves.
    const double beyond = -0.08 + 1.16 * u, inside = std::clamp(beyond, 0.0, 1.0);
    const double bell = std::max(0.0, std::sin(u * std::numbers::pi));
    const Point past = along * ((beyond - inside) * width);
    edge.push_back(edge_at(points, b, b + 1, b + 2, b + 3, down, inside) + past);
    upper.push_back(edge.back() + down * (-(height * 0.16 * bell + 0.5)));
    lower.push_back(edge_at(points, b, b + 5, b + 4, b + 3, down, inside) + past +
                    down * (height * 0.05));
    const Point above =
        face::mix(points[brow], points[brow + 4], u) +
        down * (face::dot(points[brow + 2] - face::mix(points[brow], points[brow + 4], 0.5), down) *
                4 * u * (1 - u));
    reach = std::min(reach, std::max(face::dot(edge.back() - above, down), 0.25 * width));
  }
  PhotoLid lid(edge, lower, down, height, reach, texture);
  return {std::move(upper), std::move(lower), width, std::move(lid)};
}

void PhotoEyes::draw(double shut, Point gaze, const Place& place, const PhotoTexture& texture,
                     const media::Rectangle& clip, media::Frame& out) const {
  for (const Eye& eye : eyes_) {
    if (face::length(gaze) > 0.004) draw_glance(eye, gaze, place, texture, clip, out);
    if (shut > 0.02) eye.lid.draw(shut, place, clip, out);
  }
}

void PhotoEyes::draw_glance(const Eye& eye, Point gaze, const Place& place,
                            const PhotoTexture& texture, const media::Rectangle& clip,
                            media::Frame& out) {
  constexpr int kDeep = 8;
  std::vector<MeshVertex> vertices;
  for (int r = 0; r <= kDeep; ++r) {
    const double v = r / static_cast<double>(kDeep);
    for (int c = 0; c <= kColumns; ++c) {
      const auto i = static_cast<std::size_t>(c);
      const double u = c / static_cast<double>(kColumns);
      const Point from = face::mix(eye.upper[i], eye.lower[i], v);
      const double across = std::max(0.0, std::sin(u * std::numbers::pi));
      // The iris moves under the lids, so the middle rows move as one.
      const double deep = std::sqrt(std::max(0.0, std::sin(v * std::numbers::pi)));
      const Point to = from + gaze * (eye.width * across * deep);
      vertices.push_back(vertex(place(to), from));
    }
  }
  static const std::vector<Quad> quads = grid_quads(kColumns, kDeep);
  draw_mesh(texture, vertices, quads, clip, out);
}

}  // namespace understudy::avatar
