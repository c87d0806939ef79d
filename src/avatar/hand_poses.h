// The designed poses of hands and arms. All are drawn for the arm at the left of the picture; the
// other one is mirrored.
#pragma once

#include "avatar/pose.h"

namespace understudy::avatar {

enum class Hand { fold, open_palm, present, point, pinch, relaxed };
const HandShape& hand_shape(Hand hand);
HandShape blend(const HandShape& a, const HandShape& b, double t);

// Where an arm can be. `wave_*` and `rest` are places, the rest are gestures.
enum class ArmPlace { rest, present_out, open_up, offer, point_up, pinch, chest, wave, low };
const ArmPose& arm_place(ArmPlace place);  // rig units, left of the picture
ArmPose mirrored(ArmPose pose);
ArmPose blend(const ArmPose& a, const ArmPose& b, double t);

}  // namespace understudy::avatar
