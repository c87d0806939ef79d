// How lips move in a film, without landmarks: strips of their edges, cut from one picture at rest,
// are found again in the straightened face of every frame. The best path over the whole film is
// taken (dynamic programming), so a bad frame does not matter and nothing drifts. Private to this
// folder.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "face/head_pose.h"
#include "face/upper_face_flow.h"

namespace understudy::face {

// The lower face seen from the front: kSize x kSize, 8 bit.
struct FacePatch {
  static constexpr int kSize = 96;
  static constexpr double kLeft = -0.9;  // face units
  static constexpr double kTop = 0.3;
  static constexpr double kUnit = kSize / 1.8;  // pixels of a face unit
  static cv::Mat straighten(const FaceCrop& crop, const HeadPose& pose);
  static double column(double x) { return (x - kLeft) * kUnit; }
  static double row(double y) { return (y - kTop) * kUnit; }
};

// One entry a frame, face units, relative to the reference.
struct LipMotion {
  std::vector<double> upper;  // down
  std::vector<double> lower;  // down
  std::vector<double> left;   // of the left corner, to the right
  std::vector<double> right;
  std::vector<double> match;  // 0..1, how well the strips were found
};

// `patches`: one a frame, empty ones where there is no face. `mouth`: the shape of the reference
// patch in face coordinates.
LipMotion follow_lips(const std::vector<cv::Mat>& patches, const cv::Mat& reference,
                      const FaceShape& mouth);

// How much each patch looks like the film's usual lower face round the lips, -1..1.
std::vector<double> likeness(const std::vector<cv::Mat>& patches);

}  // namespace understudy::face
