// Torso with clothes, and arms with sleeves and hands.
#pragma once

#include "avatar/character.h"
#include "avatar/pose.h"

namespace understudy::avatar {

inline constexpr double kBodyBottom = 1420;  // rig units; below every framing

// Neck, torso and clothes without arms.
void draw_body(cairo_t* c, const Character& who, const Outfit& outfit);

// One arm; `side` is -1 for the left of the picture. Cheap enough to be drawn in every frame.
void draw_arm(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& pose,
              double side);

// One hand; the wrist is at (0, 0), the hand points up.
void draw_hand(cairo_t* c, const Complexion& complexion, const HandShape& hand);

// The tones of a piece of cloth; the paint runs over the whole body, so sleeve and torso meet
// unseen.
struct Cloth {
  Colour base, light, shade, deep;
};
Cloth cloth_of(Colour colour);
Paint cloth_paint(const Cloth& cloth);
Path neck_outline(const Character& who);
Point shoulder_of(const Build& build, double side);

}  // namespace understudy::avatar
