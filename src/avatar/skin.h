// Tones of skin, and the measures of the head that its parts share. Rig units (character.h).
#pragma once

#include "avatar/character.h"

namespace understudy::avatar {

struct SkinTones {
  Colour base;
  Colour light;  // where the light falls: from the upper left
  Colour shade;  // away from the light
  Colour deep;   // under the chin, in folds
  Colour line;   // drawn lines: nose, creases
};
SkinTones skin_tones(const Complexion& complexion);

inline constexpr double kEyeX = 52;
inline constexpr double kEyeY = -12;
inline constexpr double kBrowY = -56;
inline constexpr double kNoseY = 50;
inline constexpr double kMouthY = 104;
inline constexpr double kChinY = 176;
inline constexpr Point kHeadPivot{0, 190};

Path face_outline(const Face& face);  // chin to crown, without ears

}  // namespace understudy::avatar
