// Sound effects, each a function of a few numbers. The effects are the project's own work and may
// be used for anything. Any thread.
#pragma once

#include <span>
#include <string_view>

#include "library/synth.h"

namespace understudy::library {

struct Effect {
  std::string_view id;  // "door-knock"
  std::string_view name;
  std::string_view tags;  // separated by ", "
  std::string_view description;
  double seconds = 1;
  double peak_s = 0;           // when it is loudest, or when a riser ends; of a bed 0
  std::string_view placement;  // "hit", "riser" or "bed"
};

std::span<const Effect> effects();

// A tenth of a second of work or so. Requires: one of effects()
Mix play_effect(const Effect& effect);

}  // namespace understudy::library
