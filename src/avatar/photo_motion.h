// PhotoMotion: how a head in a photograph turns, tilts, nods and breathes.
//
// The head is an ellipsoid in front of the picture: a turn moves what is nearer further, a tilt
// turns it about the neck; all of it fades out round the head, so that the background stays. Brows,
// cheeks and chest have fields of their own. Lengths are canvas pixels.
#pragma once

#include <array>

#include "avatar/pose.h"
#include "face/landmarks.h"

namespace understudy::avatar {

// The same for every picture: how much each part of the movement acts at a place.
struct MotionWeights {
  float head = 0;    // 0..1
  float depth = 0;   // 0..1.4, nearness
  float breath = 0;  // 0..1
  float brow = 0;    // 0..1
  float cheek = 0;   // -1..1: the side it is on
};

class PhotoMotion {
 public:
  // `photo`: where the photograph lies on the canvas; its own edges do not move.
  PhotoMotion(const face::Landmarks& points, const face::Box& photo, int width, int height);

  MotionWeights weights_at(face::Point p) const;

  // Sets what at() applies. Requires: finite values.
  void set(const Pose& pose);
  face::Point at(face::Point p, const MotionWeights& weights) const;

  double face_width() const { return half_width_ * 2; }

 private:
  double edge_at(face::Point p) const;
  void keep_invertible();

  face::Box photo_;
  int width_;
  int height_;
  face::Landmarks points_;
  face::Point centre_;  // of the head
  face::Point pivot_;   // of tilts: the neck
  face::Point along_;   // across the face
  face::Point down_;
  double half_width_ = 1;
  double face_height_ = 1;  // eyes to chin
  // Of the moment.
  double roll_ = 0;
  double lean_ = 0;
  double breath_ = 0;
  double brow_ = 0;
  double cheek_ = 0;
  face::Point shift_;
  face::Point turn_;
};

}  // namespace understudy::avatar
