#include "avatar/mouth_interior.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

namespace understudy::avatar {
namespace {

constexpr double kThinnest = 0.7;  // px: a narrower gap is closed lips

// BT.709, limited range.
struct Rgb {
  double r, g, b;
};
std::array<double, 3> yuv_of(const Rgb& c) {
  const double y = 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
  return {16 + y * 219 / 255, 128 + (c.b - y) * 0.5389 * 224 / 255,
          128 + (c.r - y) * 0.6350 * 224 / 255};
}

Rgb mixed(const Rgb& a, const Rgb& b, double t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

Rgb scaled(const Rgb& c, double k) { return {c.r * k, c.g * k, c.b * k}; }

double step(double x, double sharpness) { return 1 / (1 + std::exp(-x * sharpness)); }

double squared(double x) { return x * x; }

// The luma below which one pixel of a hundred lies.
double black_of(const media::Frame& frame) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t y : frame.y) ++counts[y];
  std::size_t below = 0, luma = 0;
  while (luma < 255 && (below += counts[luma]) * 100 < frame.y.size()) ++luma;
  return static_cast<double>(luma);
}

// The affine map that brings the placed outline back to the outline at rest, by least squares.
cv::Matx23d back_to_rest(std::span<const Point> rest, std::span<const Point> placed) {
  cv::Matx33d normal = cv::Matx33d::zeros();
  cv::Vec3d right_x(0, 0, 0), right_y(0, 0, 0);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const cv::Vec3d row(placed[i].x, placed[i].y, 1);
    normal += row * row.t();
    right_x += row * rest[i].x;
    right_y += row * rest[i].y;
  }
  // A thin mouth gives little hold across: a trace of "nothing is stretched" does.
  cv::Vec3d x, y;
  cv::solve(normal, right_x, x, cv::DECOMP_SVD);
  cv::solve(normal, right_y, y, cv::DECOMP_SVD);
  return {x[0], x[1], x[2], y[0], y[1], y[2]};
}

}  // namespace

// One opening in the mouth's own axes: x from its middle along the lips, y down, mouth widths.
struct MouthInterior::Opening {
  explicit Opening(const OpeningEdges& edges_) : edges(edges_) {}
  double top = 0;  // of the opening's middle
  double bottom = 0;
  double half = 0.5;  // its half width
  double seam = 0;    // where the lips of the photograph meet: the upper teeth hang there
  double tongue = 0;
  Point origin;
  OpeningEdges edges;
  MouthViews::Choice view;
};

MouthInterior::MouthInterior(const MouthMesh& mesh, const PhotoTexture& texture)
    : mesh_(mesh), texture_(texture), seam_(mesh.seam()) {
  // The face's own light decides how bright teeth are.
  double light = 0;
  int count = 0;
  for (double x = -1; x <= 1; x += 0.25) {
    const Point p =
        seam_ + mesh.along() * (x * mesh.width()) + mesh.down() * (-0.55 * mesh.width());
    light += texture.luma(p.x, p.y);
    ++count;
  }
  light_ = std::clamp((light / count - 16) / 145, 0.08, 1.05);
  find_tone();
  if (!mesh.is_open_at_rest()) return;
  own_.assign(mesh.at_rest().begin(), mesh.at_rest().begin() + MouthMesh::kRays);
}

// The light of the photograph colours everything in it, and an old photograph has little colour.
void MouthInterior::find_tone() {
  double u = 0, v = 0;
  int count = 0;
  for (const double side : {-1.0, 1.0}) {
    for (double x = 0.62; x <= 0.9; x += 0.07) {
      const Point p = seam_ + mesh_.along() * (side * x * mesh_.width()) +
                      mesh_.down() * (-0.35 * mesh_.width());
      const auto c = texture_.colour(p.x, p.y);
      u += c[1] - 128;
      v += c[2] - 128;
      ++count;
    }
  }
  u /= count, v /= count;
  skin_u_ = 128 + u, skin_v_ = 128 + v;
  const auto usual = yuv_of({205, 160, 138});
  const double usual_u = usual[1] - 128, usual_v = usual[2] - 128;
  const double usual_size = std::hypot(usual_u, usual_v);
  const double size = std::clamp(std::hypot(u, v) / usual_size, 0.0, 1.25);
  const double turn =
      std::hypot(u, v) < 4
          ? 0
          : std::clamp(std::remainder(std::atan2(v, u) - std::atan2(usual_v, usual_u),
                                      2 * std::numbers::pi),
                       -0.6, 0.6);
  tone_.turn_cos = size * std::cos(turn);
  tone_.turn_sin = size * std::sin(turn);
  // A picture without colour has none to lend: what it lacks is no cast of its light.
  const double coloured = std::min(1.0, size);
  tone_.shift_u = coloured * std::clamp(0.35 * (u - usual_u), -10.0, 10.0);
  tone_.shift_v = coloured * std::clamp(0.35 * (v - usual_v), -10.0, 10.0);
  // The darkest of the seam.
  seam_colour_ = {235, 128, 128};
  for (double x = -0.3; x <= 0.3; x += 0.05) {
    const Point p = seam_ + mesh_.along() * (x * mesh_.width());
    const auto c = texture_.colour(p.x, p.y);
    if (c[0] < seam_colour_.y) seam_colour_ = {c[0], c[1], c[2]};
  }
  seam_colour_.y = std::max(16.0, 16 + (seam_colour_.y - 16) * 0.55);
}

void MouthInterior::match_film(const MouthViews& views) {
  constexpr double kBrightest = 130, kDarkest = 34;  // luma between the lips in a usual film
  constexpr double kDrawn = 158;                     // above black, of teeth in the light 1
  constexpr double kSpecular = 0.88;  // the brightest of real teeth are their reflections
  teeth_gain_ = std::clamp(kSpecular * (kBrightest - 16) / (kDrawn * light_), 0.35, 1.0);
  teeth_skin_ = 0.9;
  // A film without contrast has no deeper black between the lips than elsewhere.
  darkest_ = std::max(kDarkest, black_of(texture_.frame()));
  seam_colour_.y = std::max(seam_colour_.y, std::min(darkest_, 90.0));
  edge_ = 0.013;
  if (views.is_empty()) return;
  views_ = &views;
  skin_ = skin_beside(texture_, seam_, mesh_.along() * mesh_.width(), mesh_.down() * mesh_.width());
}

Yuv MouthInterior::colour(const Opening& opening, Point at) const {
  const double w = mesh_.width();
  const Point from = at - opening.origin;
  const double x = face::dot(from, mesh_.along()) / w, y = face::dot(from, mesh_.down()) / w;
  const double tall = std::max(opening.bottom - opening.top, 0.01);
  const double nx = x / 0.5, fy = std::clamp((y - opening.top) / tall, 0.0, 1.0);
  const double px = w;  // steps below are as sharp as the picture's own pixels
  Rgb c = scaled({54, 20, 22}, (0.55 + 0.45 * fy) * (1 - 0.55 * std::min(1.0, nx * nx)) *
                                   std::min(1.0, 1.6 * light_));
  // Tongue.
  const double back = opening.bottom + 0.10;
  const double front =
      opening.bottom + 0.02 - (0.10 + 0.10 * opening.tongue) * std::min(1.0, tall / 0.2);
  const double inside = squared(x / 0.30) + squared((y - back) / std::max(back - front, 0.01));
  const double tongue = step(1 - inside, 10) * 0.9;
  c = mixed(c, scaled({150, 74, 76}, (0.75 + 0.2 * (1 - std::min(inside, 1.0))) * light_), tongue);
  // Lower teeth, seen once the jaw has fallen.
  const double lower_line = opening.bottom - 0.045 + 0.07 * nx * nx;
  const double lower = step(1 - std::abs(x) / 0.27, 16) * step((y - lower_line) * px, 1.3) *
                       std::clamp((tall - 0.09) / 0.10, 0.0, 1.0) * 0.7;
  c = mixed(c, scaled({222, 210, 194}, 0.70 * (1 - 0.9 * nx * nx * 0.8) * light_ * teeth_gain_),
            std::max(lower, 0.0));
  // Upper teeth.
  const double tooth = x / 0.082, fraction = tooth - std::floor(tooth);
  const double notch_depth = teeth_skin_ > 0 ? 0.45 : 1;  // films are softer than photographs
  const double notch =
      std::exp(-squared(fraction / 0.07)) + std::exp(-squared((1 - fraction) / 0.07));
  const double upper_line = opening.seam + 0.078 - 0.13 * nx * nx - notch * notch_depth * 0.014;
  const double upper = step(1 - std::abs(x) / 0.36, 16) * step((upper_line - y) * px, 1.3);
  const double shade = (1 - 0.42 * squared(x / 0.36)) * (1 - 0.09 * notch_depth * notch) *
                       (0.74 + 0.26 * std::clamp((y - opening.top) / 0.06 + 0.2, 0.0, 1.0));
  c = mixed(c, scaled({232, 222, 206}, std::max(shade, 0.2) * light_ * teeth_gain_), upper);
  // The lips' own shade on all of it.
  const double lips = std::clamp((y - opening.top) / 0.05 + 0.66, 0.0, 1.0) *
                      std::clamp((opening.bottom - y) / 0.04 + 0.66, 0.0, 1.0);
  const auto yuv = yuv_of(scaled(c, lips));
  const double cu = yuv[1] - 128, cv = yuv[2] - 128;
  Yuv result{yuv[0], 128 + tone_.turn_cos * cu - tone_.turn_sin * cv + tone_.shift_u,
             128 + tone_.turn_sin * cu + tone_.turn_cos * cv + tone_.shift_v};
  const double teeth = teeth_skin_ * std::max(upper, std::max(lower, 0.0));
  if (teeth_skin_ >
      0) {  // on film, what lies in the dark has the tone of the line between the lips
    constexpr double kSeamTone = 0.85;
    result.u += (seam_colour_.u - result.u) * kSeamTone * (1 - tongue);
    result.v += (seam_colour_.v - result.v) * kSeamTone * (1 - tongue);
  }
  result.u += (128 + 0.55 * (skin_u_ - 128) - result.u) * teeth;
  result.v += (128 + 0.55 * (skin_v_ - 128) - result.v) * teeth;
  // Hardly parted lips show the dark between them, in the photograph's own tone.
  const double thin = std::clamp(1.4 - tall / 0.07, 0.0, 1.0);
  result.y += (seam_colour_.y - result.y) * thin;
  result.u += (seam_colour_.u - result.u) * thin;
  result.v += (seam_colour_.v - result.v) * thin;
  result.y = std::max(result.y, darkest_);
  if (own_.empty()) return result;
  double coverage = 0;
  const Yuv own = own_teeth(at, coverage);
  result.y += (own.y - result.y) * coverage;
  result.u += (own.u - result.u) * coverage;
  result.v += (own.v - result.v) * coverage;
  return result;
}

// Hardly parted lips show the dark between them, in the picture's own tone.
Yuv MouthInterior::seen_on_film(const Opening& opening, Point at) const {
  const Point from = at - opening.origin;
  const double x = face::dot(from, mesh_.along()) / mesh_.width();
  const double y = face::dot(from, mesh_.down()) / mesh_.width();
  Yuv c = views_->colour(opening.view, opening.edges, x, y, skin_);
  const double thin = std::clamp(1.3 - (opening.bottom - opening.top) / 0.05, 0.0, 1.0);
  c.y += (seam_colour_.y - c.y) * thin;
  c.u += (seam_colour_.u - c.u) * thin;
  c.v += (seam_colour_.v - c.v) * thin;
  return c;
}

Yuv MouthInterior::own_teeth(Point at, double& coverage) const {
  std::vector<cv::Point2f> outline;
  outline.reserve(own_.size());
  for (const Point& p : own_)
    outline.emplace_back(static_cast<float>(p.x), static_cast<float>(p.y));
  const double depth =
      cv::pointPolygonTest(outline, {static_cast<float>(at.x), static_cast<float>(at.y)}, true);
  coverage = std::clamp(depth / (0.02 * mesh_.width()) - 0.4, 0.0, 1.0);
  const auto colour = texture_.colour(at.x, at.y);
  return {colour[0], colour[1], colour[2]};
}

void MouthInterior::draw(const MouthOpeningView& view, const media::Rectangle& clip,
                         media::Frame& out) const {
  constexpr std::size_t kMiddleUp = MouthMesh::kRays / 4, kMiddleDown = MouthMesh::kRays * 3 / 4;
  const auto along = [&](Point p) { return face::dot(p - seam_, mesh_.along()) / mesh_.width(); };
  const auto down = [&](Point p) { return face::dot(p - seam_, mesh_.down()) / mesh_.width(); };
  std::array<Point, MouthMesh::kRays / 2 + 1> upper, lower;
  const double middle = (along(view.line[0]) + along(view.line[MouthMesh::kRays / 2])) / 2;
  for (std::size_t k = 0; k < upper.size(); ++k) {
    const Point& a = view.line[k];
    const Point& b = view.line[(MouthMesh::kRays - k) % MouthMesh::kRays];
    upper[k] = {along(a) - middle, down(a)};
    lower[k] = {along(b) - middle, down(b)};
  }
  Opening opening(OpeningEdges(upper, lower));
  opening.top = down(view.line[kMiddleUp]);
  opening.bottom = down(view.line[kMiddleDown]);
  if ((opening.bottom - opening.top) * mesh_.width() < kThinnest) return;
  const double left = along(view.line[0]), right = along(view.line[MouthMesh::kRays / 2]);
  opening.half = (right - left) / 2;
  opening.tongue = view.tongue;
  opening.origin = seam_ + mesh_.along() * ((left + right) / 2 * mesh_.width());

  if (views_ != nullptr) opening.view = views_->choose(opening.bottom - opening.top);

  // The outline where it is drawn, as a soft mask.
  constexpr int kShift = 4;
  std::vector<cv::Point> outline;
  float x0 = 1e9F, y0 = 1e9F, x1 = -1e9F, y1 = -1e9F;
  for (const Point& p : view.placed) {
    x0 = std::min(x0, static_cast<float>(p.x));
    y0 = std::min(y0, static_cast<float>(p.y));
    x1 = std::max(x1, static_cast<float>(p.x));
    y1 = std::max(y1, static_cast<float>(p.y));
  }
  const cv::Rect area =
      cv::Rect((static_cast<int>(x0) - 4) & ~1, (static_cast<int>(y0) - 4) & ~1,
               (static_cast<int>(x1 - x0) + 12) & ~1, (static_cast<int>(y1 - y0) + 12) & ~1) &
      cv::Rect(clip.x, clip.y, clip.width, clip.height);
  if (area.width < 2 || area.height < 2) return;
  for (const Point& p : view.placed) {
    outline.emplace_back(cvRound((p.x - 0.5 - area.x) * (1 << kShift)),
                         cvRound((p.y - 0.5 - area.y) * (1 << kShift)));
  }
  cv::Mat mask = cv::Mat::zeros(area.height, area.width, CV_8U);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{outline}, 255, cv::LINE_AA, kShift);
  cv::GaussianBlur(mask, mask, {0, 0}, std::max(0.6, mesh_.width() * edge_));

  const cv::Matx23d back = back_to_rest(view.line, view.placed);
  paint_through(mask, area.x, area.y, out, [&](int x, int y) {
    const double cx = x + 0.5, cy = y + 0.5;
    const Point rest{back(0, 0) * cx + back(0, 1) * cy + back(0, 2),
                     back(1, 0) * cx + back(1, 1) * cy + back(1, 2)};
    return views_ != nullptr ? seen_on_film(opening, rest) : colour(opening, rest);
  });
}

}  // namespace understudy::avatar
