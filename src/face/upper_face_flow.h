// The rigid part of a face followed by optical flow: corners of the upper face, from key frames to
// the picture of now and back, fitted as a head that turns. Key frames are kept for several poses
// of the head, so that nothing drifts. Private to this folder. Methods: Shi and Tomasi 1994;
// pyramidal Lucas-Kanade (Bouguet 2001); forward-backward error (Kalal et al. 2010).
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "face/head_pose.h"

namespace understudy::face {

// The whole face at one size: kEyes pixels between the eyes at most. What follows looks at this
// alone, so that its cost does not grow with the picture.
struct FaceCrop {
  static constexpr double kEyes = 64;
  static constexpr double kReach = 1.625;  // face units, from the middle of the face
  static constexpr int kSide = static_cast<int>(2 * kReach * kEyes);
  cv::Mat gray;      // kSide x kSide
  double scale = 1;  // crop pixels of a frame pixel
  Point origin;      // of the crop, frame pixels
  Point to_crop(Point p) const { return (p - origin) * scale; }
  Point to_frame(Point p) const { return p * (1 / scale) + origin; }
};

FaceCrop crop_face(const cv::Mat& gray, const HeadPose& pose);

class UpperFaceFlow {
 public:
  struct Step {
    HeadPose pose;
    double flow_error = 0;   // median of there and back, face units
    double residual = 0;     // of the rigid fit, face units
    double found_share = 0;  // of the points
  };

  // Forgets everything; `pose` is where the face is in `gray`.
  void start(const cv::Mat& gray, const HeadPose& pose);
  // Empty when the face is lost.
  std::optional<Step> follow(const cv::Mat& gray);
  // Of the last frame in which the face was there. Requires: follow() found it.
  const FaceCrop& crop() const { return last_->crop; }

 private:
  // A crop with the smaller pictures and slopes that the flow asks for.
  struct Pyramid : FaceCrop {
    std::vector<cv::Mat> levels;
  };

  struct KeyFrame {
    Pyramid crop;
    HeadPose pose;
    std::vector<cv::Point2f> points;  // in the crop
    std::vector<FacePoint> places;    // on the face
  };

  struct Seen {  // a frame, of which a key frame can be made when one is needed
    Pyramid crop;
    HeadPose pose;
  };

  static Pyramid pyramid_of(FaceCrop crop);
  static std::optional<KeyFrame> key_frame(const Pyramid& crop, const HeadPose& pose);
  const KeyFrame& nearest(const HeadPose& pose) const;
  static std::optional<Step> follow_from(const KeyFrame& key, const Pyramid& crop,
                                         const HeadPose& guess);

  std::vector<KeyFrame> keys_;
  std::optional<Seen> last_;  // the frame before
  HeadPose pose_;
};

}  // namespace understudy::face
