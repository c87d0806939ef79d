// Pose: everything of a presenter that moves, at one instant. Lengths are rig units (character.h),
// angles radians; "left" is the left of the picture.
#pragma once

#include <array>

#include "avatar/drawing.h"

namespace understudy::avatar {

// The mouth between closed lips and a shout. All 0..1 but `width` and `smile`, which are -1..1.
struct MouthShape {
  double open = 0;   // of the lips; exactly 0 when they touch
  double width = 0;  // spread (+) or narrow (-)
  double pucker = 0;
  double upper_raise = 0;
  double lower_tuck = 0;  // lower lip under the upper teeth (f, v)
  double tongue = 0;
  double press = 0;  // lips pressed together (m, b, p)
  double smile = 0;
  friend bool operator==(const MouthShape&, const MouthShape&) = default;
};

// A hand as a mesh of joints, so that any pose can turn into any other: the wrist is (0, 0), the
// hand points up (-y), the thumb is on the right; a right hand of the picture is mirrored.
struct HandShape {
  struct Finger {
    std::array<Point, 4> joints;  // root, two knuckles, tip
    double width = 20;            // at the root
    friend bool operator==(const Finger&, const Finger&) = default;
  };
  std::array<Finger, 5> fingers;  // thumb, index, middle, ring, little
  std::array<Point, 8> palm;      // outline, clockwise from the wrist's left side
  double back = 0;                // 0 the palm is seen, 1 the back
  double thumb_over = 0;          // above 0.5 the thumb is drawn over the palm
  friend bool operator==(const HandShape&, const HandShape&) = default;
};

struct ArmPose {
  Point elbow;
  Point wrist;
  double hand_angle = 0;  // of the hand's own up, clockwise from the picture's up
  HandShape hand;
  friend bool operator==(const ArmPose&, const ArmPose&) = default;
};

struct Pose {
  // Torso: a shift, a rise with the breath and a lean about the hips.
  double body_x = 0;
  double body_y = 0;
  double body_lean = 0;
  double lean = 0;  // towards the viewer (+), as a share of its size; photographs only
  // Head, relative to the torso.
  double head_x = 0;
  double head_y = 0;
  double head_roll = 0;
  double yaw = 0;         // -1..1, + turns to the right of the picture
  double pitch = 0;       // -1..1, + looks down
  double blink = 0;       // 0 open .. 1 shut
  double brow_raise = 0;  // -1..1
  double brow_tilt = 0;   // + inner ends up: concern
  double squint = 0;      // 0..1, the lower lids of a smile
  double gaze_x = 0;      // -1..1
  double gaze_y = 0;
  MouthShape mouth;
  ArmPose left;
  ArmPose right;
  friend bool operator==(const Pose&, const Pose&) = default;
};

}  // namespace understudy::avatar
