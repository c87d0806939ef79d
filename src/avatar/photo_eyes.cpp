#include "avatar/photo_eyes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

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

// A soft dark line, on luma alone.
void shade_line(const std::vector<Point>& line, double thickness, double strength, double luma,
                const media::Rectangle& clip, media::Frame& out) {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const Point& p : line) {
    x0 = std::min(x0, p.x), y0 = std::min(y0, p.y);
    x1 = std::max(x1, p.x), y1 = std::max(y1, p.y);
  }
  const double pad = thickness + 4;
  const cv::Rect area = cv::Rect(cvFloor(x0 - pad), cvFloor(y0 - pad), cvCeil(x1 - x0 + 2 * pad),
                                 cvCeil(y1 - y0 + 2 * pad)) &
                        cv::Rect(clip.x, clip.y, clip.width, clip.height);
  if (area.width < 2 || area.height < 2) return;
  constexpr int kShift = 4;
  std::vector<cv::Point> points;
  for (const Point& p : line) {
    points.emplace_back(cvRound((p.x - 0.5 - area.x) * (1 << kShift)),
                        cvRound((p.y - 0.5 - area.y) * (1 << kShift)));
  }
  cv::Mat mask = cv::Mat::zeros(area.height, area.width, CV_8U);
  cv::polylines(mask, points, false, 255, std::max(1, cvRound(thickness)), cv::LINE_AA, kShift);
  cv::GaussianBlur(mask, mask, {0, 0}, std::max(0.7, thickness * 0.45));
  for (int y = 0; y < area.height; ++y) {
    auto* row = &out.y[static_cast<std::size_t>(area.y + y) * out.width + area.x];
    for (int x = 0; x < area.width; ++x) {
      const double alpha = mask.at<std::uint8_t>(y, x) / 255.0 * strength;
      row[x] = static_cast<std::uint8_t>(std::lround(row[x] + (luma - row[x]) * alpha));
    }
  }
}

}  // namespace

PhotoEyes::PhotoEyes(const face::Landmarks& points, const PhotoTexture& texture)
    : eyes_{eye_of(points, false, texture), eye_of(points, true, texture)} {}

PhotoEyes::Eye PhotoEyes::eye_of(const face::Landmarks& points, bool is_right,
                                 const PhotoTexture& texture) {
  const std::size_t b = is_right ? face::kRightEye : face::kLeftEye;
  const std::size_t brow = is_right ? 22 : 17;
  const Point across = points[b + 3] - points[b];
  Eye eye;
  eye.width = std::max(face::length(across), 2.0);
  const Point along = across * (1 / eye.width), down = face::quarter_turn(along);
  const double height =
      face::dot(points[b + 5] + points[b + 4] - points[b + 1] - points[b + 2], down) / 2;
  double sag = 0;
  for (int i = 0; i <= kColumns; ++i) {
    const double u = i / static_cast<double>(kColumns);
    // The strip reaches a little beyond the corners, where it does not move.
    const double beyond = -0.06 + 1.12 * u, inside = std::clamp(beyond, 0.0, 1.0);
    const double bell = std::max(0.0, std::sin(u * std::numbers::pi));
    const Point reach = along * ((beyond - inside) * eye.width);
    const Point upper = edge_at(points, b, b + 1, b + 2, b + 3, down, inside) + reach;
    const Point lower = edge_at(points, b, b + 5, b + 4, b + 3, down, inside) + reach;
    const Point above =
        face::mix(points[brow], points[brow + 4], u) +
        down * (face::dot(points[brow + 2] - face::mix(points[brow], points[brow + 4], 0.5), down) *
                4 * u * (1 - u));
    const double lift = std::max(face::dot(upper - above, down), 0.3 * eye.width);
    eye.top.push_back(upper + down * (-0.6 * lift));
    eye.upper.push_back(upper + down * (-(height * 0.16 * bell + 0.5)));
    eye.lower.push_back(lower + down * (height * 0.05));
  }
  const Point a = eye.lower.front(), z = eye.lower.back();
  for (int i = 0; i <= kColumns; ++i) {
    const double u = i / static_cast<double>(kColumns);
    sag =
        std::max(sag, face::dot(eye.lower[static_cast<std::size_t>(i)] - face::mix(a, z, u), down));
  }
  for (int i = 0; i <= kColumns; ++i) {
    const double u = i / static_cast<double>(kColumns);
    const Point target = face::mix(a, z, u) + down * (std::max(1.5, sag * 0.85) * 4 * u * (1 - u));
    // Straight down: only the height of the target counts.
    const Point from = eye.upper[static_cast<std::size_t>(i)];
    const Point lower = eye.lower[static_cast<std::size_t>(i)];
    // Nothing of the eye's white is left above the lower lid, wherever its edge lies exactly.
    const double covers =
        face::dot(lower - from, down) + 0.1 * height * std::sin(u * std::numbers::pi);
    const double drop = std::max({0.0, face::dot(target - from, down), covers});
    eye.shut.push_back(from + down * drop);
  }
  // Lashes are about as dark as the darkest of the eye.
  double darkest = 235;
  for (const Point& p : eye.upper) darkest = std::min(darkest, texture.luma(p.x, p.y + 1));
  eye.lash_luma = std::clamp(darkest, 24.0, 90.0);
  return eye;
}

void PhotoEyes::draw(double shut, Point gaze, const Place& place, const PhotoTexture& texture,
                     const media::Rectangle& clip, media::Frame& out) const {
  for (const Eye& eye : eyes_) {
    if (face::length(gaze) > 0.004) draw_glance(eye, gaze, place, texture, clip, out);
    if (shut > 0.02) draw_lid(eye, shut, place, texture, clip, out);
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

void PhotoEyes::draw_lid(const Eye& eye, double shut, const Place& place,
                         const PhotoTexture& texture, const media::Rectangle& clip,
                         media::Frame& out) {
  std::vector<Point> lid, drawn;
  for (int i = 0; i <= kColumns; ++i) {
    const auto k = static_cast<std::size_t>(i);
    lid.push_back(face::mix(eye.upper[k], eye.shut[k], shut));
    drawn.push_back(place(lid.back()));
  }
  std::vector<MeshVertex> vertices;
  for (int r = 0; r <= kRows; ++r) {
    const double v = r / static_cast<double>(kRows);
    for (int c = 0; c <= kColumns; ++c) {
      const auto i = static_cast<std::size_t>(c);
      vertices.push_back(
          vertex(place(face::mix(eye.top[i], lid[i], v)), face::mix(eye.top[i], eye.upper[i], v)));
    }
  }
  static const std::vector<Quad> quads = grid_quads(kColumns, kRows);
  draw_mesh(texture, vertices, quads, clip, out);
  shade_line(drawn, eye.width * 0.035, 0.75 * std::min(1.0, shut * 2), eye.lash_luma, clip, out);
}

}  // namespace understudy::avatar
