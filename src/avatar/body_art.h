// Torso with clothes, and arms with sleeves and hands.
#pragma once

#include "avatar/character.h"
#include "avatar/pose.h"

namespace understudy::avatar {

inline constexpr double kBodyBottom = 1420;  // rig units; below every framing

// Neck, torso and clothes without arms.
void draw_body(cairo_t* c, const Character& who, const Outfit& outfit);

// Both arms, in the order that fits folded hands. Cheap enough to be drawn in every frame.
void draw_arms(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& left,
               const ArmPose& right);

// One hand; the wrist is at (0, 0), the hand points up.
void draw_hand(cairo_t* c, const Complexion& complexion, const HandShape& hand);

// The tones of a piece of cloth; the paint runs over the whole body, so sleeve and torso meet
// unseen.
struct Cloth {
  Colour base, light, shade, deep;
};
Cloth cloth_of(Colour colour);
Paint cloth_paint(const Cloth& cloth);
Point shoulder_of(const Build& build, double side);

}  // namespace understudy::avatar
