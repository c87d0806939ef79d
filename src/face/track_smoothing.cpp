#include "face/track_smoothing.h"

#include <algorithm>
#include <cmath>

#include "face/lip_motion.h"
#include "face/lip_reference.h"

namespace understudy::face {
namespace {

constexpr double kPoseSigma = 1.4;  // frames
constexpr double kLipSigma = 0.7;
// Measured against a model of landmarks on two filmed people: 1.40 and 1.45.
constexpr double kThinning = 1.4;
constexpr double kStillParted = 0.03;  // face units that lips may still come closer

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double share_of(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// 1 up to `good`, 0 from `bad` on.
double falling(double value, double good, double bad) {
  return std::clamp((bad - value) / (bad - good), 0.0, 1.0);
}

// Gaussian over time; a frame where `weights` is 0 gives nothing and gets what is round it.
std::vector<double> smoothed(const std::vector<double>& values, const std::vector<double>& weights,
                             double sigma) {
  const int reach = static_cast<int>(std::ceil(3 * sigma)), count = static_cast<int>(values.size());
  std::vector<double> out = values;
  for (int i = 0; i < count; ++i) {
    double sum = 0, total = 0;
    for (int k = std::max(0, i - reach); k <= std::min(count - 1, i + reach); ++k) {
      const double w = weights[static_cast<std::size_t>(k)] *
                       std::exp(-0.5 * (k - i) * (k - i) / (sigma * sigma));
      sum += w * values[static_cast<std::size_t>(k)];
      total += w;
    }
    if (total > 1e-6) out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

// Straight lines over the frames without a face; the first and the last one stay at the ends.
void bridge(std::vector<double>& values, const std::vector<double>& weights) {
  std::ptrdiff_t last = -1;
  const auto count = static_cast<std::ptrdiff_t>(values.size());
  for (std::ptrdiff_t i = 0; i <= count; ++i) {
    if (i < count && weights[static_cast<std::size_t>(i)] == 0) continue;
    for (std::ptrdiff_t k = last + 1; k < i; ++k) {
      const auto at = static_cast<std::size_t>(k);
      if (last < 0 && i == count) continue;
      if (last < 0) {
        values[at] = values[static_cast<std::size_t>(i)];
      } else if (i == count) {
        values[at] = values[static_cast<std::size_t>(last)];
      } else {
        const double t = static_cast<double>(k - last) / static_cast<double>(i - last);
        values[at] = values[static_cast<std::size_t>(last)] * (1 - t) +
                     values[static_cast<std::size_t>(i)] * t;
      }
    }
    last = i;
  }
}

std::vector<double> weights_of(const std::vector<SeenFace>& seen) {
  std::vector<double> weights;
  for (const auto& face : seen)
    weights.push_back(face.is_there ? 1 / (1 + std::pow(face.residual / 0.05, 2)) : 0);
  return weights;
}

std::vector<HeadPose> smooth_poses(const std::vector<SeenFace>& seen) {
  const auto weights = weights_of(seen);
  std::vector<HeadPose> poses(seen.size());
  const auto settle = [&](auto read, auto write) {
    std::vector<double> values;
    for (const auto& face : seen) values.push_back(read(face.pose));
    bridge(values, weights);
    values = smoothed(values, weights, kPoseSigma);
    for (std::size_t i = 0; i < values.size(); ++i) write(poses[i], values[i]);
  };
  settle([](const HeadPose& p) { return p.scale; }, [](HeadPose& p, double v) { p.scale = v; });
  settle([](const HeadPose& p) { return p.yaw; }, [](HeadPose& p, double v) { p.yaw = v; });
  settle([](const HeadPose& p) { return p.pitch; }, [](HeadPose& p, double v) { p.pitch = v; });
  settle([](const HeadPose& p) { return p.roll; }, [](HeadPose& p, double v) { p.roll = v; });
  settle([](const HeadPose& p) { return p.shift.x; }, [](HeadPose& p, double v) { p.shift.x = v; });
  settle([](const HeadPose& p) { return p.shift.y; }, [](HeadPose& p, double v) { p.shift.y = v; });
  return poses;
}

void judge(const std::vector<SeenFace>& seen, const std::vector<cv::Mat>& patches,
           std::vector<TrackedFace>& faces) {
  const auto likes = likeness(patches);
  std::vector<double> known;
  for (const double like : likes) {
    if (like > -1) known.push_back(like);
  }
  const double usual = median(known);
  std::vector<double> trust;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const SeenFace& face = seen[i];
    if (!face.is_there) {
      trust.push_back(0);
      continue;
    }
    const HeadPose& pose = faces[i].pose;
    const double jump = length(face.pose.shift - pose.shift) / pose.scale;
    trust.push_back(std::min(
        {falling(std::abs(pose.yaw), 0.40, 0.50), falling(std::abs(pose.pitch), 0.45, 0.60),
         falling(face.residual, 0.09, 0.15), falling(face.flow_error, 0.03, 0.06),
         falling(jump, 0.10, 0.20), falling(usual - likes[i], 0.30, 0.50),
         falling(face.misses, 1.5, 4), falling(22 - pose.scale, 0, 6)}));
  }
  // One bad frame spoils its neighbours a little; one good frame among bad ones is chance.
  for (std::size_t i = 0; i < trust.size(); ++i) {
    const double before = i > 0 ? trust[i - 1] : trust[i];
    const double after = i + 1 < trust.size() ? trust[i + 1] : trust[i];
    std::array<double, 3> three = {before, trust[i], after};
    std::sort(three.begin(), three.end());
    faces[i].trust = std::min(three[1], std::max(trust[i], 0.0));
  }
}

double gap_of(const FaceShape& shape) {
  return (shape[67].y - shape[61].y + shape[66].y - shape[62].y + shape[65].y - shape[63].y) / 3;
}

double width_of(const FaceShape& shape) {
  return std::hypot(shape[kRightCorner].x - shape[kLeftCorner].x,
                    shape[kRightCorner].y - shape[kLeftCorner].y);
}

// What is called closed: the lips of a speaking face touch now and then, whatever landmarks say.
void settle_zero(std::vector<TrackedFace>& faces) {
  std::vector<double> opened;
  for (const auto& face : faces) {
    if (face.trust >= kTrusted) opened.push_back(face.mouth_open);
  }
  const double least = std::clamp(share_of(opened, 0.04), 0.0, 0.10);
  for (auto& face : faces) face.mouth_open = std::max(0.0, face.mouth_open - least);
}

std::vector<TrackedFace> posed(const std::vector<SeenFace>& seen) {
  std::vector<TrackedFace> faces(seen.size());
  const auto poses = smooth_poses(seen);
  for (std::size_t i = 0; i < faces.size(); ++i) faces[i].pose = poses[i];
  return faces;
}

FaceShape mean_of(const std::vector<FaceShape>& shapes) {
  FaceShape mean{};
  for (const auto& shape : shapes) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const double share = 1.0 / static_cast<double>(shapes.size());
      mean[i].x += shape[i].x * share;
      mean[i].y += shape[i].y * share;
      mean[i].z += shape[i].z * share;
    }
  }
  return mean;
}

}  // namespace

std::vector<TrackedFace> settle_points(const std::vector<SeenFace>& seen,
                                       const std::vector<cv::Mat>& patches, FaceShape& shape) {
  auto faces = posed(seen);
  judge(seen, patches, faces);
  // Every frame's points on the face itself, smoothed there: the head's movement is the pose's.
  std::vector<FaceShape> shapes(seen.size());
  const auto weights = weights_of(seen);
  for (std::size_t point = 0; point < shape.size(); ++point) {
    std::vector<double> x, y;
    const double z = mean_face()[point].z;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const FacePoint p = faces[i].pose.lift(seen[i].points[point], z);
      x.push_back(p.x), y.push_back(p.y);
    }
    bridge(x, weights), bridge(y, weights);
    const double sigma = point >= kLeftCorner ? kLipSigma : kPoseSigma;
    x = smoothed(x, weights, sigma), y = smoothed(y, weights, sigma);
    for (std::size_t i = 0; i < seen.size(); ++i) shapes[i][point] = {x[i], y[i], z};
  }
  // The mouth at rest is that of the least opened frames.
  std::vector<double> gaps;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (faces[i].trust >= kTrusted) gaps.push_back(gap_of(shapes[i]));
  }
  const double small = share_of(gaps, 0.12);
  std::vector<FaceShape> resting;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (faces[i].trust >= kTrusted && gap_of(shapes[i]) <= small) resting.push_back(shapes[i]);
  }
  if (!resting.empty()) shape = mean_of(resting);
  const double rest_width = std::max(0.2, width_of(shape));
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t k = 0; k < shape.size(); ++k)
      faces[i].landmarks[k] = faces[i].pose.project(shapes[i][k]);
    faces[i].mouth_open = std::max(0.0, gap_of(shapes[i])) / rest_width;
    faces[i].mouth_width = width_of(shapes[i]) / rest_width;
  }
  settle_zero(faces);
  return faces;
}

namespace {

// The shape of all fits together: point by point the median.
FaceShape median_of(const std::vector<ShapeFit>& fits) {
  FaceShape shape{};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    std::vector<double> x, y;
    for (const auto& fit : fits) {
      x.push_back(fit.shape[i].x);
      y.push_back(fit.shape[i].y);
    }
    shape[i] = {median(x), median(y), mean_face()[i].z};
  }
  return shape;
}

// The face of one frame: lips and chin moved from the reference.
FaceShape moved(FaceShape shape, double upper, double lower, double left, double right) {
  const auto shift = [&](std::initializer_list<std::size_t> points, double x, double y) {
    for (const auto i : points) shape[i].x += x, shape[i].y += y;
  };
  shift({50, 51, 52, 61, 62, 63}, 0, upper);
  shift({49, 53}, 0, 0.6 * upper);
  shift({56, 57, 58, 65, 66, 67}, 0, lower);
  shift({55, 59}, 0, 0.6 * lower);
  shift({48, 60}, left, 0.12 * std::max(0.0, lower));
  shift({54, 64}, right, 0.12 * std::max(0.0, lower));
  shift({49, 59}, 0.7 * left, 0);
  shift({53, 55}, 0.7 * right, 0);
  const double jaw = 0.8 * std::max(0.0, lower);
  // Lips that part get thinner: the gap grows by more than their outer edges move apart.
  const double parted = (kThinning - 1) * std::max(0.0, lower - upper);
  shift({61, 62, 63}, 0, -0.4 * parted);
  shift({65, 66, 67}, 0, 0.6 * parted);
  shift({7, 8, 9}, 0, jaw);
  shift({6, 10}, 0, 0.8 * jaw);
  shift({5, 11}, 0, 0.5 * jaw);
  shift({4, 12}, 0, 0.2 * jaw);
  for (const auto& [up, down] : {std::pair{61, 67}, std::pair{62, 66}, std::pair{63, 65}}) {
    auto& a = shape[static_cast<std::size_t>(up)];
    auto& b = shape[static_cast<std::size_t>(down)];
    if (b.y < a.y) a.y = b.y = (a.y + b.y) / 2;
  }
  return shape;
}

void close_lips(FaceShape& shape) {
  for (const auto& [up, down] : {std::pair{61, 67}, std::pair{62, 66}, std::pair{63, 65}}) {
    auto& a = shape[static_cast<std::size_t>(up)];
    auto& b = shape[static_cast<std::size_t>(down)];
    a.y = b.y = (a.y + b.y) / 2;
  }
}

// The mouth moved up or down to the row where the lips touch.
void lay_on_seam(FaceShape& shape, double seam) {
  const double shift = seam - (shape[62].y + shape[66].y) / 2;
  for (std::size_t i = kLeftCorner; i < shape.size(); ++i) shape[i].y += shift;
}

// The weights of frames that are trusted; the others have none.
std::vector<double> trusted_weights(const std::vector<TrackedFace>& faces,
                                    std::vector<double> weights) {
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (faces[i].trust < kTrusted) weights[i] = 0;
  }
  return weights;
}

LipMotion settled_lips(const std::vector<cv::Mat>& patches, std::size_t reference,
                       const FaceShape& shape, const std::vector<double>& weights) {
  auto lips = follow_lips(patches, patches[reference], shape);
  for (auto* values : {&lips.upper, &lips.lower, &lips.left, &lips.right}) {
    bridge(*values, weights);
    *values = smoothed(*values, weights, kLipSigma);
  }
  return lips;
}

}  // namespace

std::vector<TrackedFace> settle_lips(const std::vector<SeenFace>& seen,
                                     const std::vector<cv::Mat>& patches,
                                     const std::vector<ShapeFit>& fits, FaceShape& shape) {
  auto faces = posed(seen);
  judge(seen, patches, faces);
  // Closed lips are the best reference: of the fits, the one with the smallest gap near the median.
  const FaceShape usual = median_of(fits);
  const ShapeFit* reference = nullptr;
  for (const auto& fit : fits) {
    if (fit.frame >= patches.size() || patches[fit.frame].empty()) continue;
    const auto cost = [&](const ShapeFit& f) {
      return f.gap + 0.5 * std::abs(width_of(f.shape) - width_of(usual));
    };
    if (reference == nullptr || cost(fit) < cost(*reference)) reference = &fit;
  }
  if (reference == nullptr) return faces;
  shape = usual;
  for (std::size_t i = kLeftCorner; i < shape.size(); ++i) shape[i] = reference->shape[i];
  const auto weights = weights_of(seen);
  std::size_t start = reference->frame;
  // One fitted picture may mistake teeth for the line between the lips; the whole film says where
  // they touch.
  const auto closed = find_closed_lips(patches, trusted_weights(faces, weights), usual);
  if (closed) {
    start = closed->frame;
    lay_on_seam(shape, closed->seam);
  }
  auto lips = settled_lips(patches, start, shape, weights);
  std::vector<std::pair<double, std::size_t>> opened;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (faces[i].trust >= kTrusted && lips.match[i] > 0.5)
      opened.emplace_back(lips.lower[i] - lips.upper[i], i);
  }
  std::sort(opened.begin(), opened.end());
  if (opened.size() >= 10) {
    const auto [least, nearest] = opened[opened.size() / 25];
    const bool do_lips_move = opened[opened.size() * 24 / 25].first - least > 0.04;
    // Of lips that hardly ever touch no picture is calm: then that in which they are closest.
    const bool is_parted = !closed || least < -kStillParted;
    if (is_parted) {
      shape = moved(shape, lips.upper[nearest], lips.lower[nearest], lips.left[nearest],
                    lips.right[nearest]);
    }
    if (do_lips_move) close_lips(shape);
    if (is_parted) lips = settled_lips(patches, nearest, shape, weights);
  }
  const double rest_width = std::max(0.2, width_of(shape)), rest_gap = std::max(0.0, gap_of(shape));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const FaceShape now = moved(shape, lips.upper[i], lips.lower[i], lips.left[i], lips.right[i]);
    for (std::size_t k = 0; k < now.size(); ++k)
      faces[i].landmarks[k] = faces[i].pose.project(now[k]);
    faces[i].mouth_open =
        std::max(0.0, rest_gap + kThinning * (lips.lower[i] - lips.upper[i])) / rest_width;
    faces[i].mouth_width = 1 + (lips.right[i] - lips.left[i]) / rest_width;
    faces[i].trust = std::min(faces[i].trust, falling(0.35 - lips.match[i], 0, 0.15));
  }
  settle_zero(faces);
  return faces;
}

}  // namespace understudy::face
