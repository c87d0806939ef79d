#include "face/head_pose.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/core.hpp>

#include "face/mean_shape.h"

namespace understudy::face {
namespace {

FaceShape with_depths() {
  FaceShape shape{};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const Point p = mean_shape()[i];
    shape[i] = {p.x, p.y, face_depth(p.x, p.y)};
  }
  const auto set = [&](std::initializer_list<std::size_t> points, double z) {
    for (const auto i : points) shape[i].z = z;
  };
  // The nose stands out, the eyes lie back.
  set({27}, 0.14);
  set({28}, 0.28);
  set({29}, 0.43);
  set({30}, 0.54);
  set({31, 35}, 0.22);
  set({32, 34}, 0.32);
  set({33}, 0.37);
  set({36, 45}, -0.14);
  set({39, 42}, 0.0);
  return shape;
}

constexpr int kParameters = 6;

HeadPose stepped(const HeadPose& pose, const double* by) {
  HeadPose moved = pose;
  moved.scale = std::max(1e-3, pose.scale * (1 + by[0]));
  moved.yaw = std::clamp(pose.yaw + by[1], -1.3, 1.3);
  moved.pitch = std::clamp(pose.pitch + by[2], -1.3, 1.3);
  moved.roll = pose.roll + by[3];
  moved.shift = pose.shift + Point{by[4] * pose.scale, by[5] * pose.scale};
  return moved;
}

}  // namespace

double face_depth(double x, double y) {
  const double across = std::min(std::abs(x), 1.3), square = across * across;
  double depth = 0.14 - 0.5 * square - 0.5 * square * square;
  if (y < 0.5) depth -= 0.12 * std::min(0.5 - y, 1.0);
  if (y > 1.0) depth += 0.10 * std::min(y - 1.0, 0.7);
  if (y > 1.75) depth -= 1.2 * std::min(y - 1.75, 0.8);  // below the chin
  return depth;
}

const FaceShape& mean_face() {
  static const FaceShape shape = with_depths();
  return shape;
}

HeadView::HeadView(const HeadPose& pose) : shift_(pose.shift) {
  const double cy = std::cos(pose.yaw), sy = std::sin(pose.yaw);
  const double cp = std::cos(pose.pitch), sp = std::sin(pose.pitch);
  const double cr = std::cos(pose.roll), sr = std::sin(pose.roll);
  // Pitch first, then yaw, then roll.
  const double ax = cy, ay = -sy * sp, az = sy * cp;  // the row of x before the roll
  const double bx = 0, by = cp, bz = sp;              // the row of y
  const double s = pose.scale;
  xx_ = s * (cr * ax - sr * bx), xy_ = s * (cr * ay - sr * by), xz_ = s * (cr * az - sr * bz);
  yx_ = s * (sr * ax + cr * bx), yy_ = s * (sr * ay + cr * by), yz_ = s * (sr * az + cr * bz);
  const double determinant = xx_ * yy_ - xy_ * yx_;
  determinant_ = std::abs(determinant) < 1e-9 ? 1e-9 : determinant;
}

FacePoint HeadView::lift(Point p, double z) const {
  const double dx = p.x - shift_.x - xz_ * z, dy = p.y - shift_.y - yz_ * z;
  return {(yy_ * dx - xy_ * dy) / determinant_, (xx_ * dy - yx_ * dx) / determinant_, z};
}

FacePoint HeadView::lift(Point p) const {
  FacePoint lifted = lift(p, 0.1);
  for (int pass = 0; pass < 3; ++pass) lifted = lift(p, face_depth(lifted.x, lifted.y));
  return lifted;
}

Point HeadPose::project(const FacePoint& p) const { return HeadView(*this).project(p); }
FacePoint HeadPose::lift(Point p, double z) const { return HeadView(*this).lift(p, z); }
FacePoint HeadPose::lift(Point p) const { return HeadView(*this).lift(p); }

double HeadPose::turned() const { return std::max(std::abs(yaw), std::abs(pitch)); }

PoseFit fit_pose(std::span<const FacePoint> shape, std::span<const Point> seen,
                 const HeadPose& start) {
  HeadPose pose = start;
  const std::size_t count = shape.size();
  std::vector<double> weights(count, 1.0);
  const auto residuals = [&](const HeadPose& at, std::vector<double>& out) {
    const HeadView view(at);
    out.resize(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      const Point p = view.project(shape[i]);
      out[2 * i] = (p.x - seen[i].x) / start.scale;
      out[2 * i + 1] = (p.y - seen[i].y) / start.scale;
    }
  };
  std::vector<double> now, then;
  for (int round = 0; round < 8; ++round) {
    residuals(pose, now);
    // Huber: what is off by more than 4 % of the eye distance counts less.
    for (std::size_t i = 0; i < count; ++i) {
      const double off = std::hypot(now[2 * i], now[2 * i + 1]);
      weights[i] = off < 0.04 ? 1 : 0.04 / off;
    }
    cv::Matx<double, kParameters, kParameters> normal;
    cv::Vec<double, kParameters> right;
    std::vector<std::array<double, kParameters>> slopes(2 * count);
    for (int k = 0; k < kParameters; ++k) {
      constexpr double kStep = 1e-5;
      double by[kParameters] = {};
      by[k] = kStep;
      residuals(stepped(pose, by), then);
      for (std::size_t i = 0; i < 2 * count; ++i)
        slopes[i][static_cast<std::size_t>(k)] = (then[i] - now[i]) / kStep;
    }
    for (std::size_t i = 0; i < 2 * count; ++i) {
      for (int a = 0; a < kParameters; ++a) {
        const double left = slopes[i][static_cast<std::size_t>(a)] * weights[i / 2];
        right[a] -= left * now[i];
        for (int b = 0; b < kParameters; ++b)
          normal(a, b) += left * slopes[i][static_cast<std::size_t>(b)];
      }
    }
    // A trace of "nothing turns" where the points do not say.
    for (int a = 0; a < kParameters; ++a) normal(a, a) += 1e-6;
    normal(1, 1) += 2e-3 * static_cast<double>(count);
    normal(2, 2) += 2e-3 * static_cast<double>(count);
    right[1] -= 2e-3 * static_cast<double>(count) * (pose.yaw - start.yaw);
    right[2] -= 2e-3 * static_cast<double>(count) * (pose.pitch - start.pitch);
    cv::Vec<double, kParameters> step;
    if (!cv::solve(normal, right, step, cv::DECOMP_CHOLESKY)) break;
    pose = stepped(pose, step.val);
    if (cv::norm(step) < 1e-6) break;
  }
  residuals(pose, now);
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += weights[i] * (now[2 * i] * now[2 * i] + now[2 * i + 1] * now[2 * i + 1]);
    total += weights[i];
  }
  return {pose, std::sqrt(sum / std::max(total, 1e-9)) * start.scale / pose.scale};
}

HeadPose upright_pose(const Landmarks& points) {
  const Point left = eye_centre(points, kLeftEye), right = eye_centre(points, kRightEye);
  HeadPose pose;
  pose.scale = std::max(1.0, length(right - left));
  pose.roll = std::atan2(right.y - left.y, right.x - left.x);
  pose.shift = middle(left, right);
  return pose;
}

}  // namespace understudy::face
