// The features of a face that move by themselves: eyes, brows and mouth, drawn anew in every frame.
#pragma once

#include "avatar/character.h"
#include "avatar/pose.h"

namespace understudy::avatar {

void draw_eyes(cairo_t* c, const Character& who, const Pose& pose);
// At rest height; the rise of the brows is brow_lift().
void draw_brows(cairo_t* c, const Character& who, const Pose& pose);
void draw_mouth(cairo_t* c, const Character& who, const Pose& pose);

double brow_lift(const Pose& pose);  // rig units, upwards

// Of the opening between the lips, rig units: centre, width between the corners, height in the
// middle.
struct MouthOpening {
  Point centre;
  double width = 0;
  double gap = 0;
};
MouthOpening mouth_opening(const Face& face, const MouthShape& shape);

// How far the chin drops, rig units.
double jaw_drop(const MouthShape& shape);

}  // namespace understudy::avatar
