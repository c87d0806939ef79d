#include "avatar/photo_motion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::avatar {
namespace {

constexpr double kRigFace = 236;  // rig units over a face's width (character.h)

double squared(double x) { return x * x; }

double bump(double x, double y) { return std::exp(-(x * x + y * y)); }

}  // namespace

PhotoMotion::PhotoMotion(const face::Landmarks& points, const face::Box& photo, int width,
                         int height)
    : photo_(photo), width_(width), height_(height), points_(points) {
  const Point left = face::eye_centre(points, face::kLeftEye);
  const Point right = face::eye_centre(points, face::kRightEye);
  const double unit = std::max(face::length(right - left), 1.0);
  along_ = (right - left) * (1 / unit);
  down_ = face::quarter_turn(along_);
  half_width_ = std::max(face::length(points[16] - points[0]) / 2, unit);
  const Point eyes = face::middle(left, right);
  face_height_ = std::max(face::dot(points[face::kChin] - eyes, down_), unit);
  // Between the jaw's ends, not on the nose: a turned head's ellipsoid is not centred on it.
  centre_ = face::middle(face::middle(points[0], points[16]), points[28]);
  pivot_ = points[face::kChin] + down_ * (0.35 * face_height_);
}

// 1 well inside the photograph, 0 at those of its edges that lie on the canvas.
double PhotoMotion::edge_at(Point p) const {
  double nearest = 1e9;
  if (photo_.x > 1) nearest = std::min(nearest, p.x - photo_.x);
  if (photo_.y > 1) nearest = std::min(nearest, p.y - photo_.y);
  if (photo_.x + photo_.width < width_ - 1)
    nearest = std::min(nearest, photo_.x + photo_.width - p.x);
  if (photo_.y + photo_.height < height_ - 1)
    nearest = std::min(nearest, photo_.y + photo_.height - p.y);
  const double share = std::clamp(nearest / (0.5 * half_width_), 0.0, 1.0);
  return share * share * (3 - 2 * share);
}

MotionWeights PhotoMotion::weights_at(Point p) const {
  const Point from = p - centre_;
  const double x = face::dot(from, along_), y = face::dot(from, down_);
  const double reach = face_height_ * (y < 0 ? 1.55 : 1.25);
  const double r = std::hypot(x / (half_width_ * 1.30), (y + 0.05 * face_height_) / reach);
  MotionWeights weights;
  const double head = r < 1     ? 1
                      : r > 1.9 ? 0
                                : 0.5 * (1 + std::cos((r - 1) / 0.9 * std::numbers::pi));
  const double edge = edge_at(p);
  weights.head = static_cast<float>(head * edge);
  const double q = 1 - squared(x / (half_width_ * 1.15)) - squared(y / (face_height_ * 1.3));
  const Point nose = p - points_[face::kNoseTip];
  const double depth =
      (q > 0 ? std::sqrt(q) : 0) + 0.35 * bump(face::dot(nose, along_) / (half_width_ * 0.22),
                                               face::dot(nose, down_) / (face_height_ * 0.28));
  weights.depth = static_cast<float>(depth);
  const double below =
      (p.y - points_[face::kChin].y) / std::max(height_ - points_[face::kChin].y, 1.0);
  const double across = (p.x - centre_.x) / (half_width_ * 3.2);
  weights.breath =
      static_cast<float>(below <= 0 ? 0 : std::min(1.0, below * 1.5) * bump(across, 0) * edge);
  double brow = 0;
  for (const int middle : {19, 24}) {
    const Point to = p - points_[static_cast<std::size_t>(middle)];
    brow += bump(face::dot(to, along_) / (half_width_ * 0.30),
                 face::dot(to, down_) / (face_height_ * 0.14));
  }
  weights.brow = static_cast<float>(brow);
  double cheek = 0;
  for (const auto& [jaw, eye] : {std::pair{3, 41}, std::pair{13, 46}}) {
    const Point middle = face::mix(points_[static_cast<std::size_t>(jaw)],
                                   points_[static_cast<std::size_t>(eye)], 0.5);
    const Point to = p - middle;
    cheek += bump(face::dot(to, along_) / (half_width_ * 0.26),
                  face::dot(to, down_) / (face_height_ * 0.18));
  }
  weights.cheek = static_cast<float>(cheek);
  return weights;
}

void PhotoMotion::set(const Pose& pose) {
  const double unit = 2 * half_width_ / kRigFace;
  roll_ = pose.head_roll;
  lean_ = pose.lean;
  shift_ = Point{pose.head_x, pose.head_y} * unit + Point{pose.body_x * unit * 0.4, 0};
  turn_ = along_ * (pose.yaw * half_width_ * 0.085) + down_ * (pose.pitch * face_height_ * 0.060);
  breath_ = pose.body_y * unit * 0.9;
  keep_invertible();
  brow_ = -pose.brow_raise * face_height_ * 0.045;
  cheek_ = -std::max(pose.mouth.smile, 0.0) * face_height_ * 0.014;
}

// Where the movement fades out it must change more slowly than the place, or the picture would fold
// over itself: how far the rim of the head may go depends on how much room there is to fade in.
void PhotoMotion::keep_invertible() {
  const bool has_edges = photo_.x > 1 || photo_.y > 1 || photo_.x + photo_.width < width_ - 1 ||
                         photo_.y + photo_.height < height_ - 1;
  const double furthest = (has_edges ? 0.24 : 0.55) * half_width_;
  double most = 1e-6;
  for (const auto& [x, y] : {std::pair{0.0, -1.5}, {-1.3, -0.4}, {1.3, -0.4}, {0.0, 1.2}}) {
    const Point rim = centre_ + along_ * (x * half_width_) + down_ * (y * face_height_);
    const Point arm = rim - pivot_;
    most = std::max(most, face::length(face::quarter_turn(arm) * roll_ + arm * lean_ + shift_));
  }
  const double kept = std::min(1.0, furthest / most);
  roll_ *= kept;
  lean_ *= kept;
  shift_ = shift_ * kept;
}

Point PhotoMotion::at(Point p, const MotionWeights& weights) const {
  const Point arm = p - pivot_;
  const Point head = face::quarter_turn(arm) * roll_ + arm * lean_ + shift_ + turn_ * weights.depth;
  Point out = p + head * weights.head;
  out.y += breath_ * weights.breath;
  return out + down_ * (brow_ * weights.brow + cheek_ * weights.cheek);
}

}  // namespace understudy::avatar
