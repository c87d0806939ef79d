// Tone: the numbers of one light in one mood. Private to this folder.
#pragma once

#include <array>

#include "cinema/direction.h"

namespace understudy::cinema {

struct Tone {
  double exposure = 1;
  double contrast = 1;
  double saturation = 1;
  std::array<double, 2> shadows{};     // U, V added in the dark
  std::array<double, 2> highlights{};  // and in the bright
  double vignette = 0.35;
  double backdrop_exposure = 1;  // of what is behind, alone
  std::array<double, 2> backdrop_tint{};
  double backdrop_blur = 0.006;  // of the canvas' height, of a medium shot
  double wrap = 0.35;            // how much of the background's light reaches round the person
  double shade = 0.2;            // how much darker the side away from the light is, 0..1
  double rim = 0;                // light on the edges, 0..1
  std::array<double, 2> rim_left{}, rim_right{};
};

Tone tone_of(Light light, Mood mood);

}  // namespace understudy::cinema
