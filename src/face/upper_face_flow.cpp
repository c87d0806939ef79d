#include "face/upper_face_flow.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace understudy::face {
namespace {

constexpr std::size_t kKeyFramesMax = 16;
constexpr double kNewKeyAt = 0.13;  // radians of turn from the nearest key frame
constexpr int kPointsMax = 90;
constexpr int kPointsMin = 12;
constexpr int kLevels = 2;
const cv::Size kWindow(15, 15);
constexpr double kBackErrorMax = 0.03;  // face units, of a point that counts

// The nose stands out of the face's smooth depth.
double depth_at(double x, double y) {
  const double along = (y - 0.52) / 0.42, across = x / 0.16;
  return face_depth(x, y) + 0.40 * std::exp(-along * along - across * across);
}

double distance(const HeadPose& a, const HeadPose& b) {
  return std::hypot(a.yaw - b.yaw, a.pitch - b.pitch) +
         0.5 * std::abs(std::log(a.scale / b.scale)) + 0.3 * std::abs(a.roll - b.roll);
}

cv::Mat upper_face_mask(const FaceCrop& crop, const HeadPose& pose) {
  cv::Mat mask = cv::Mat::zeros(crop.gray.size(), CV_8U);
  constexpr double kOutline[][2] = {{-0.90, -0.50}, {0.90, -0.50}, {0.95, 0.20},  {0.75, 0.62},
                                    {0.32, 0.78},   {-0.32, 0.78}, {-0.75, 0.62}, {-0.95, 0.20}};
  std::vector<cv::Point> outline;
  for (const auto& place : kOutline) {
    const Point p =
        crop.to_crop(pose.project({place[0], place[1], face_depth(place[0], place[1])}));
    outline.emplace_back(cvRound(p.x), cvRound(p.y));
  }
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{outline}, 255);
  return mask;
}

}  // namespace

FaceCrop crop_face(const cv::Mat& gray, const HeadPose& pose) {
  FaceCrop crop;
  const Point centre = pose.project({0, 0.75, 0});
  // One size of crop for all frames, as the flow asks for it: a small face has more room round it.
  const double half = FaceCrop::kReach * std::max(pose.scale, FaceCrop::kEyes);
  // Whole pixels are averaged first, or the flow would follow aliases.
  const int step = std::max(1, static_cast<int>(2 * half / FaceCrop::kSide));
  const int side = (static_cast<int>(2 * half) + step - 1) / step * step;
  const cv::Rect wanted(static_cast<int>(std::floor(centre.x - half)),
                        static_cast<int>(std::floor(centre.y - half)), side, side);
  crop.origin = {static_cast<double>(wanted.x), static_cast<double>(wanted.y)};
  crop.scale = static_cast<double>(FaceCrop::kSide) / side;
  const cv::Rect inside = wanted & cv::Rect(0, 0, gray.cols, gray.rows);
  if (inside.area() == 0) {
    crop.gray = cv::Mat::zeros(FaceCrop::kSide, FaceCrop::kSide, CV_8U);
    return crop;
  }
  cv::Mat part = gray(inside);
  if (inside != wanted) {
    cv::copyMakeBorder(part, part, inside.y - wanted.y,
                       wanted.y + wanted.height - inside.y - inside.height, inside.x - wanted.x,
                       wanted.x + wanted.width - inside.x - inside.width, cv::BORDER_REPLICATE);
  }
  if (step > 1) cv::resize(part, part, {side / step, side / step}, 0, 0, cv::INTER_AREA);
  if (part.cols == FaceCrop::kSide) {
    crop.gray = part.clone();
  } else {
    cv::resize(part, crop.gray, {FaceCrop::kSide, FaceCrop::kSide}, 0, 0, cv::INTER_LINEAR);
  }
  return crop;
}

UpperFaceFlow::Pyramid UpperFaceFlow::pyramid_of(FaceCrop crop) {
  Pyramid pyramid;
  static_cast<FaceCrop&>(pyramid) = std::move(crop);
  cv::buildOpticalFlowPyramid(pyramid.gray, pyramid.levels, kWindow, kLevels);
  return pyramid;
}

std::optional<UpperFaceFlow::KeyFrame> UpperFaceFlow::key_frame(const Pyramid& crop,
                                                                const HeadPose& pose) {
  KeyFrame key;
  key.crop = crop;
  key.pose = pose;
  cv::goodFeaturesToTrack(key.crop.gray, key.points, kPointsMax, 0.008, 5,
                          upper_face_mask(key.crop, pose));
  if (key.points.size() < kPointsMin) return std::nullopt;
  for (const auto& p : key.points) {
    const Point at = key.crop.to_frame({p.x, p.y});
    FacePoint place = pose.lift(at);
    for (int pass = 0; pass < 2; ++pass) place = pose.lift(at, depth_at(place.x, place.y));
    key.places.push_back(place);
  }
  return key;
}

void UpperFaceFlow::start(const cv::Mat& gray, const HeadPose& pose) {
  keys_.clear();
  last_.reset();
  pose_ = pose;
  if (auto key = key_frame(pyramid_of(crop_face(gray, pose)), pose))
    keys_.push_back(*std::move(key));
}

const UpperFaceFlow::KeyFrame& UpperFaceFlow::nearest(const HeadPose& pose) const {
  return *std::min_element(keys_.begin(), keys_.end(), [&](const auto& a, const auto& b) {
    return distance(a.pose, pose) < distance(b.pose, pose);
  });
}

std::optional<UpperFaceFlow::Step> UpperFaceFlow::follow_from(const KeyFrame& key,
                                                              const Pyramid& crop,
                                                              const HeadPose& guess) {
  std::vector<cv::Point2f> there, back;
  for (const FacePoint& place : key.places) {
    const Point p = crop.to_crop(guess.project(place));
    there.emplace_back(static_cast<float>(p.x), static_cast<float>(p.y));
  }
  back = key.points;
  std::vector<unsigned char> found, found_back;
  std::vector<float> error;
  const cv::TermCriteria enough(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, 20, 0.02);
  cv::calcOpticalFlowPyrLK(key.crop.levels, crop.levels, key.points, there, found, error, kWindow,
                           kLevels, enough, cv::OPTFLOW_USE_INITIAL_FLOW);
  cv::calcOpticalFlowPyrLK(crop.levels, key.crop.levels, there, back, found_back, error, kWindow,
                           kLevels, enough, cv::OPTFLOW_USE_INITIAL_FLOW);
  const double unit = key.pose.scale * key.crop.scale;
  std::vector<FacePoint> places;
  std::vector<Point> seen;
  std::vector<double> errors;
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (found[i] == 0 || found_back[i] == 0) continue;
    const double off = cv::norm(back[i] - key.points[i]) / unit;
    errors.push_back(off);
    if (off > kBackErrorMax) continue;
    places.push_back(key.places[i]);
    seen.push_back(crop.to_frame({there[i].x, there[i].y}));
  }
  Step step;
  step.found_share = static_cast<double>(seen.size()) / static_cast<double>(key.points.size());
  if (seen.size() < kPointsMin || step.found_share < 0.35) return std::nullopt;
  const PoseFit fit = fit_pose(places, seen, guess);
  step.pose = fit.pose;
  step.residual = fit.residual;
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                   errors.end());
  step.flow_error = errors[errors.size() / 2];
  const double grown = fit.pose.scale / guess.scale;
  if (fit.residual > 0.12 || grown < 0.8 || grown > 1.25 ||
      length(fit.pose.shift - guess.shift) > 0.8 * guess.scale)
    return std::nullopt;
  return step;
}

std::optional<UpperFaceFlow::Step> UpperFaceFlow::follow(const cv::Mat& gray) {
  if (keys_.empty()) return std::nullopt;
  Pyramid crop = pyramid_of(crop_face(gray, pose_));
  auto step = follow_from(nearest(pose_), crop, pose_);
  if (!step || step->found_share < 0.5) {
    // A fast movement: from the picture before it, then again from the key frame.
    const auto before = last_ ? key_frame(last_->crop, last_->pose) : std::nullopt;
    if (before) {
      if (const auto small = follow_from(*before, crop, pose_)) {
        crop = pyramid_of(crop_face(gray, small->pose));
        step = follow_from(nearest(small->pose), crop, small->pose);
        if (!step) step = small;
      }
    }
  }
  if (!step) return std::nullopt;
  pose_ = step->pose;
  if (step->residual < 0.04 && keys_.size() < kKeyFramesMax &&
      distance(nearest(pose_).pose, pose_) > kNewKeyAt) {
    if (auto now = key_frame(crop, pose_)) keys_.push_back(*std::move(now));
  }
  last_ = Seen{std::move(crop), pose_};
  return step;
}

}  // namespace understudy::face
