// The head as a camera sees it: a face of three dimensions, projected with one scale for all of it
// (scaled orthographic, after DeMenthon and Davis 1995), fitted to landmarks by Gauss-Newton with
// Huber weights. Good for heads that are far from the camera compared with their depth.
//
// Face coordinates: the unit is the distance between the eyes, the origin lies between them, x to
// the right of the picture, y down, z towards the viewer, for a head that looks into the camera.
#pragma once

#include <array>
#include <span>

#include "face/landmarks.h"

namespace understudy::face {

struct FacePoint {
  double x = 0;
  double y = 0;
  double z = 0;
};

using FaceShape = std::array<FacePoint, 68>;

// Depth of skin at a place of the lower face and the eyes; without the nose, which stands out.
double face_depth(double x, double y);
// mean_shape() with depths.
const FaceShape& mean_face();

// Angles in radians. yaw: to the right of the picture; pitch: down; roll: clockwise.
struct HeadPose {
  double scale = 1;  // pixels of one face unit
  double yaw = 0;
  double pitch = 0;
  double roll = 0;
  Point shift;  // where the origin of the face is seen, pixels

  Point project(const FacePoint& p) const;
  // The place of the face that is seen at `p`, with the depth of the face's skin there.
  FacePoint lift(Point p) const;
  // The same for a point whose depth is known.
  FacePoint lift(Point p, double z) const;
  double turned() const;  // the larger of |yaw| and |pitch|
};

// A pose made ready for many points: its angles are turned into a matrix once.
class HeadView {
 public:
  explicit HeadView(const HeadPose& pose);
  Point project(const FacePoint& p) const {
    return {xx_ * p.x + xy_ * p.y + xz_ * p.z + shift_.x,
            yx_ * p.x + yy_ * p.y + yz_ * p.z + shift_.y};
  }
  FacePoint lift(Point p, double z) const;
  FacePoint lift(Point p) const;  // onto the mean face's skin

 private:
  double xx_, xy_, xz_, yx_, yy_, yz_;  // the first two rows of the rotation, scaled
  double determinant_;
  Point shift_;
};

struct PoseFit {
  HeadPose pose;
  double residual = 0;  // root mean square of what is left, in face units
};

// Requires: spans of one size, at least four points. Starts at `start`.
PoseFit fit_pose(std::span<const FacePoint> shape, std::span<const Point> seen,
                 const HeadPose& start);

// The pose that brings the eyes of a frontal face to those of `points`.
HeadPose upright_pose(const Landmarks& points);

}  // namespace understudy::face
