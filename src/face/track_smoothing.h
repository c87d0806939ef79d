// From what was seen in each frame to a smooth track with trust: gaps are bridged, poses and lips
// smoothed over time, and every frame judged. Private to this folder.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "face/face_track.h"

namespace understudy::face {

struct SeenFace {
  bool is_there = false;
  bool has_points = false;
  HeadPose pose;
  Landmarks points{};     // of a landmarks file
  double residual = 0;    // of the rigid head, face units
  double flow_error = 0;  // face units
  int misses = 0;         // of the detector, in a row
};

// A fit on one frame, as a shape in face coordinates.
struct ShapeFit {
  std::size_t frame = 0;
  FaceShape shape{};
  double gap = 0;  // of the lips, mouth widths
};

// With landmarks in every frame. Requires: a face is there in one of them.
std::vector<TrackedFace> settle_points(const std::vector<SeenFace>& seen,
                                       const std::vector<cv::Mat>& patches, FaceShape& shape);
// With fits on some frames and lips followed between them. Requires: at least one fit.
std::vector<TrackedFace> settle_lips(const std::vector<SeenFace>& seen,
                                     const std::vector<cv::Mat>& patches,
                                     const std::vector<ShapeFit>& fits, FaceShape& shape);

}  // namespace understudy::face
