#include "avatar/film_mouth_area.h"

#include <algorithm>
#include <cmath>

namespace understudy::avatar {
namespace {

using face::FacePoint;
using face::HeadPose;
using face::Point;

constexpr int kGrid = 12;  // quads a side of the face that is re-posed
constexpr double kLeft = -1.05, kRight = 1.05, kTop = 0.35, kBottom = 2.45;  // face units
constexpr int kMaskSide = 128;                                               // of its texture

std::vector<FacePoint> grid_places() {
  std::vector<FacePoint> places;
  for (int r = 0; r <= kGrid; ++r) {
    for (int c = 0; c <= kGrid; ++c) {
      const double x = kLeft + (kRight - kLeft) * c / kGrid;
      const double y = kTop + (kBottom - kTop) * r / kGrid;
      places.push_back({x, y, face::face_depth(x, y)});
    }
  }
  return places;
}

std::vector<Quad> grid_quads() {
  std::vector<Quad> quads;
  for (std::uint32_t r = 0; r < kGrid; ++r) {
    for (std::uint32_t c = 0; c < kGrid; ++c) {
      const std::uint32_t a = r * (kGrid + 1) + c;
      quads.push_back({{a, a + 1, a + kGrid + 2, a + kGrid + 1}});
    }
  }
  return quads;
}

PhotoTexture mask_texture(const face::FaceShape& shape) {
  const MouthMask mask(shape);
  media::Frame frame = media::Frame::make(kMaskSide, kMaskSide, false);
  for (int r = 0; r < kMaskSide; ++r) {
    for (int c = 0; c < kMaskSide; ++c) {
      const double x = kLeft + (kRight - kLeft) * (c + 0.5) / kMaskSide;
      const double y = kTop + (kBottom - kTop) * (r + 0.5) / kMaskSide;
      frame.y[static_cast<std::size_t>(r) * kMaskSide + static_cast<std::size_t>(c)] =
          static_cast<std::uint8_t>(std::lround(255 * mask.share(x, y)));
    }
  }
  return PhotoTexture(std::move(frame));
}

}  // namespace

Point seen_in(const HeadPose& pose, const FacePoint& place, const media::Rectangle& area) {
  return pose.project(place) + Point{0.5 - area.x, 0.5 - area.y};
}

MeshVertex vertex(Point at, Point from) {
  return {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(from.x),
          static_cast<float>(from.y)};
}

FilmMouthArea::FilmMouthArea(const face::FaceShape& shape, int width, int height)
    : width_(width),
      height_(height),
      chin_(shape[face::kChin].y + 0.45),
      places_(grid_places()),
      quads_(grid_quads()),
      mask_(mask_texture(shape)) {}

media::Rectangle FilmMouthArea::rectangle(const HeadPose& pose) const {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const FacePoint& p : places_) {
    if (std::abs(p.x) > 0.95 || p.y < 0.5 || p.y > chin_ + 0.2) continue;
    const Point at = pose.project(p);
    x0 = std::min(x0, at.x), y0 = std::min(y0, at.y);
    x1 = std::max(x1, at.x), y1 = std::max(y1, at.y);
  }
  if (!(std::isfinite(x0 + x1 + y0 + y1))) return {};
  const auto whole = [](double value, int most) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most))) & ~1;
  };
  const int left = whole(x0 - 2, width_), top = whole(y0 - 2, height_);
  const int right = whole(x1 + 4, width_), bottom = whole(y1 + 4, height_);
  return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

Coverage FilmMouthArea::coverage(const HeadPose& pose, double share) const {
  if (share <= 0) return {};
  Coverage coverage;
  coverage.area = rectangle(pose);
  const auto& area = coverage.area;
  if (area.width < 8 || area.height < 8) return {};
  media::Frame drawn = media::Frame::make(area.width, area.height, false);
  std::fill(drawn.y.begin(), drawn.y.end(), std::uint8_t{0});
  std::vector<MeshVertex> vertices;
  constexpr double kSide = static_cast<double>(kMaskSide) / PhotoTexture::kScale;
  for (const FacePoint& p : places_) {
    vertices.push_back(vertex(seen_in(pose, p, area), {(p.x - kLeft) / (kRight - kLeft) * kSide,
                                                       (p.y - kTop) / (kBottom - kTop) * kSide}));
  }
  draw_mesh(mask_, vertices, quads_, {0, 0, area.width, area.height}, drawn);
  coverage.share = std::move(drawn.y);
  if (share < 1) {
    for (auto& value : coverage.share) value = static_cast<std::uint8_t>(value * share);
  }
  return coverage;
}

}  // namespace understudy::avatar
