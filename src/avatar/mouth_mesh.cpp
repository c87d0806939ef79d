#include "avatar/mouth_mesh.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace understudy::avatar {
namespace {

constexpr int kHalf = MouthMesh::kRays / 2;
constexpr double kOpenGap = 0.09;  // of the mouth's width: the photograph shows the teeth

// A Catmull-Rom curve through points, t from 0 to 1.
Point curve(std::span<const Point> points, double t) {
  const int last = static_cast<int>(points.size()) - 1;
  const double at = std::clamp(t, 0.0, 1.0) * last;
  const int i = std::min(last - 1, static_cast<int>(at));
  const double f = at - i;
  const auto point = [&](int k) {
    return points[static_cast<std::size_t>(std::clamp(k, 0, last))];
  };
  const Point a = point(i - 1), b = point(i), c = point(i + 1), d = point(i + 2);
  return (b * 2 + (c - a) * f + (a * 2 - b * 5 + c * 4 - d) * (f * f) +
          (b * 3 - a - c * 3 + d) * (f * f * f)) *
         0.5;
}

// The distance at which a ray meets a polygon; 0 when it does not.
double meeting(Point from, Point direction, std::span<const Point> polygon) {
  double best = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], edge = polygon[(i + 1) % polygon.size()] - a;
    const double cross = direction.x * edge.y - direction.y * edge.x;
    if (std::abs(cross) < 1e-9) continue;
    const Point q = a - from;
    const double t = (q.x * edge.y - q.y * edge.x) / cross;
    const double u = (q.x * direction.y - q.y * direction.x) / cross;
    if (t > 0 && u >= 0 && u <= 1 && (best == 0 || t < best)) best = t;
  }
  return best;
}

// 1 in the middle of a lip, 0 at the corners.
double bell(double share) {
  // sin() is a hair below 0 at its end, and a power of that is no number.
  return std::pow(std::max(0.0, std::sin(share * std::numbers::pi)), 0.75);
}

// The jaw's part of it: a fallen lip is a U, not a V.
double jaw_bell(double share) {
  return std::pow(std::max(0.0, std::sin(share * std::numbers::pi)), 0.52);
}

double falling(double t) {
  return 0.5 * (1 + std::cos(std::clamp(t, 0.0, 1.0) * std::numbers::pi));
}

}  // namespace

double MouthMesh::share_of(int ray) {
  const auto eased = [](int k) {
    return 0.5 * (1 - std::cos(k / static_cast<double>(kHalf) * std::numbers::pi));
  };
  return is_upper(ray) ? eased(ray) : 1 - eased(ray - kHalf);
}

MouthMesh::MouthMesh(const face::Landmarks& points, const PhotoTexture& texture)
    : inner_(kRays), outer_(kRays), chin_(kRays), rest_(kRays * kRings) {
  const Point across = points[face::kRightCorner] - points[face::kLeftCorner];
  width_ = std::max(face::length(across), 4.0);
  along_ = across * (1 / width_);
  down_ = face::quarter_turn(along_);
  centre_ = (points[48] + points[54] + points[51] + points[57]) * 0.25;
  const Point upper_in[] = {points[60], points[61], points[62], points[63], points[64]};
  const Point lower_in[] = {points[60], points[67], points[66], points[65], points[64]};
  const Point upper_out[] = {points[48], points[49], points[50], points[51],
                             points[52], points[53], points[54]};
  const Point lower_out[] = {points[48], points[59], points[58], points[57],
                             points[56], points[55], points[54]};
  double gap = 0;
  for (std::size_t i = 1; i < 4; ++i) gap += face::dot(lower_in[i] - upper_in[i], down_) / 3;
  is_open_ = gap > kOpenGap * width_;
  for (int k = 0; k < kRays; ++k) {
    const double share = share_of(k);
    const auto i = static_cast<std::size_t>(k);
    inner_[i] = curve(is_upper(k) ? std::span<const Point>(upper_in) : lower_in, share);
    outer_[i] = curve(is_upper(k) ? std::span<const Point>(upper_out) : lower_out, share);
  }
  if (is_open_) {
    // The landmarks lie on the edge; what is pulled along must be lip and no teeth.
    for (std::size_t k = 0; k < kRays; ++k)
      inner_[k] = face::mix(inner_[k], outer_[k], 0.30 * bell(share_of(static_cast<int>(k))));
  } else {
    find_seam(points, texture);
  }
  lay_rings(points);
}

// Closed lips part along the darkest path between them, which the landmarks only come near to.
void MouthMesh::find_seam(const face::Landmarks& points, const PhotoTexture& texture) {
  std::vector<Point> middle(kHalf + 1);
  std::vector<double> offset(kHalf + 1);
  for (int k = 0; k <= kHalf; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const std::size_t opposite = static_cast<std::size_t>((kRays - k) % kRays);
    middle[i] = k == kHalf ? points[64]
                : k == 0   ? points[60]
                           : face::middle(inner_[i], inner_[opposite]);
    const double reach =
        0.07 * width_ * std::sin(share_of(std::min(k, kHalf - 1)) * std::numbers::pi);
    double best = 1e9;
    for (double d = -reach; d <= reach; d += 0.5) {
      const Point p = middle[i] + down_ * d;
      const double light = texture.luma(p.x, p.y) + 36 * std::abs(d) / width_;
      if (light < best) best = light, offset[i] = d;
    }
  }
  for (int pass = 0; pass < 4; ++pass) {
    const auto before = offset;
    for (std::size_t i = 1; i + 1 < offset.size(); ++i)
      offset[i] = (before[i - 1] + 2 * before[i] + before[i + 1]) / 4;
  }
  for (int k = 0; k <= kHalf; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const Point p = middle[i] + down_ * offset[i];
    inner_[i] = p;
    inner_[static_cast<std::size_t>((kRays - k) % kRays)] = p;
  }
  // The seam must stay between the outer edges of the lips.
  for (std::size_t i = 0; i < kRays; ++i) {
    const bool upper = is_upper(static_cast<int>(i));
    const double room = face::dot(outer_[i] - inner_[i], down_) * (upper ? -1 : 1);
    const double least = 0.02 * width_ * bell(share_of(static_cast<int>(i)));
    if (room < least) outer_[i] = outer_[i] + down_ * ((least - room) * (upper ? -1 : 1));
  }
}

void MouthMesh::lay_rings(const face::Landmarks& points) {
  std::vector<Point> jaw(points.begin(), points.begin() + 17);
  jaw.push_back(points[26]);
  jaw.push_back(points[17]);
  // What stays where it is: cheeks, below the chin, and under the nose.
  std::vector<Point> boundary;
  for (std::size_t i = 3; i <= 13; ++i) {
    const bool is_chin = i >= 6 && i <= 10;
    boundary.push_back(centre_ + (points[i] - centre_) * (is_chin ? 1.35 : 1.12));
  }
  const Point lift = down_ * (-0.1 * width_);
  boundary.push_back(face::mix(points[35], face::middle(points[13], points[14]), 0.4) + lift);
  for (const std::size_t i : {35, 34, 33, 32, 31})
    boundary.push_back(points[i] + down_ * (0.02 * width_));
  boundary.push_back(face::mix(points[31], face::middle(points[3], points[2]), 0.4) + lift);

  for (std::size_t k = 0; k < kRays; ++k) {
    const Point out = outer_[k] - centre_;
    const double reach = std::max(face::length(out), 0.5);
    const Point direction = out * (1 / reach);
    double end = meeting(centre_, direction, boundary);
    end = std::max(end, reach + 0.08 * width_);  // a nose close above the lip
    const double chin = meeting(centre_, direction, jaw);
    chin_[k] = std::clamp((chin - reach) / (end - reach), 0.3, 0.85);
    for (int ring = 0; ring < kRings; ++ring) {
      Point& p = rest_[static_cast<std::size_t>(ring) * kRays + k];
      if (ring <= kLipRings) {
        p = face::mix(inner_[k], outer_[k], ring / static_cast<double>(kLipRings));
      } else {
        p = face::mix(outer_[k], centre_ + direction * end,
                      (ring - kLipRings) / static_cast<double>(kSkinRings));
      }
    }
  }
}

std::vector<Point> MouthMesh::displaced(const MouthShape& shape, double strength) const {
  // How far the jaw falls: a mouth that smiles in the photograph is wide already.
  const double jaw_drop = (is_open_ ? 0.20 : 0.30) * strength * width_ * shape.open;
  double shut = is_open_ ? std::clamp(1 - shape.open * 1.1, 0.0, 1.0) : 0;
  if (is_open_) shut = std::max(shut, shape.press);
  std::vector<Point> out(rest_.size());
  for (int ray = 0; ray < kRays; ++ray) {
    const auto k = static_cast<std::size_t>(ray);
    const bool upper = is_upper(ray);
    const double share = share_of(ray), middle = bell(share), side = (share - 0.5) * 2;
    const Point jaw = down_ * (upper ? 0.0 : jaw_drop * jaw_bell(share));
    Point lip = along_ * (side * (shape.width < 0 ? 0.14 : 0.07) * width_ * shape.width);
    if (upper) {
      lip = lip + down_ * (-(0.05 * width_ * shape.upper_raise + 0.06 * jaw_drop) * middle);
    } else {
      lip = lip + down_ * (-0.075 * width_ * shape.lower_tuck * middle);
    }
    lip = lip + down_ * ((upper ? -1 : 1) * 0.030 * width_ * shape.pucker * middle);
    if (is_open_) {
      // The lips of a smile meet: the lower one comes further.
      const double gap = face::dot(inner_[(kRays - k) % kRays] - inner_[k], down_);
      lip = lip + down_ * (gap * shut * (upper ? 0.42 : 0.58));
      lip = lip + along_ * (-side * 0.05 * width_ * std::min(1.0, shut + shape.open));
    } else {
      lip = lip + down_ * ((upper ? 1 : -1) * 0.012 * width_ * shape.press * middle);
    }
    const double away = 1 - middle;  // towards the corners
    const Point corner = down_ * (0.18 * jaw_drop * away - 0.03 * width_ * shape.smile * away) +
                         along_ * (side * 0.025 * width_ * shape.smile * away);
    for (int ring = 0; ring < kRings; ++ring) {
      const double skin =
          ring <= kLipRings ? 0 : (ring - kLipRings) / static_cast<double>(kSkinRings);
      const double near = (1 - skin) * (1 - skin);
      const double lip_share =
          ring <= kLipRings ? 1 - (upper ? 0.15 * ring / kLipRings : 0) : near * (upper ? 0.85 : 1);
      // The chin goes with the jaw, the neck does not.
      const double carried =
          upper ? near : falling((skin - chin_[k]) / (1 - chin_[k])) * (1 - 0.25 * skin);
      Point d = jaw * carried + lip * lip_share + corner * near;
      if (!upper && ring <= kLipRings)
        d = d + down_ * (0.03 * width_ * shape.lower_tuck * middle * ring / kLipRings);
      const std::size_t i = static_cast<std::size_t>(ring) * kRays + k;
      out[i] = rest_[i] + d;
    }
  }
  return out;
}

std::vector<Quad> MouthMesh::quads() {
  std::vector<Quad> quads;
  for (std::uint32_t k = 0; k < kRays; ++k) {
    const std::uint32_t next = (k + 1) % kRays, rim = kRings * kRays;
    quads.push_back({{rim + k, rim + next, next, k}});
  }
  for (std::uint32_t ring = 0; ring + 1 < kRings; ++ring) {
    for (std::uint32_t k = 0; k < kRays; ++k) {
      const std::uint32_t next = (k + 1) % kRays;
      quads.push_back({{ring * kRays + k, ring * kRays + next, (ring + 1) * kRays + next,
                        (ring + 1) * kRays + k}});
    }
  }
  return quads;
}

Point MouthMesh::seam() const { return face::middle(inner_[kHalf / 2], inner_[kHalf + kHalf / 2]); }

}  // namespace understudy::avatar
