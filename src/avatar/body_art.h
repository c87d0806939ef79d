// Torso with clothes, and arms with sleeves and hands.
#pragma once

#include <functional>

#include "avatar/character.h"
#include "avatar/layer.h"
#include "avatar/pose.h"

namespace understudy::avatar {

inline constexpr double kBodyBottom = 1420;  // rig units; below every framing

// Neck, torso and clothes without arms.
void draw_body(cairo_t* c, const Character& who, const Outfit& outfit);

// One arm; `side` is -1 for the left of the picture. Its shadow falls on the torso's outline, or,
// when the arm `lies_on_figure`, on whatever is painted on `c` already. The hand lies between the
// upper arm and the forearm: `draw_own_hand` is called when it is its turn. Cheap enough for every
// frame.
void draw_arm(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& pose,
              double side, bool lies_on_figure, const std::function<void()>& draw_own_hand);

// Where the hand of an arm is: from the hand's own space to rig units.
Affine hand_to_body(const Build& build, const ArmPose& pose, double side);

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
