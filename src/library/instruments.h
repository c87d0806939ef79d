// Notes and drums, played into a mix. What a seed decides is the same on every machine. One thread.
#pragma once

#include <cstdint>

#include "library/synth.h"

namespace understudy::library {

enum class Voice {
  pad,
  strings,
  choir,
  epiano,
  piano,
  nylon,
  steel,
  bell,
  marimba,
  bass,
  sub,
  synth_bass,
  lead,
  flute,
  organ,
  brass,
  chip,
  harp,
  acid,
  upright
};

struct Note {
  double at_s = 0;
  double length_s = 0.5;
  double midi = 60;
  double velocity = 0.8;
  double pan = 0;
  double bright = 0.5;  // 0..1
};
void play(Mix& mix, Voice voice, const Note& note, std::uint32_t seed);

enum class Drum {
  kick,
  soft_kick,
  snare,
  brush,
  clap,
  hat,
  open_hat,
  shaker,
  rim,
  tom,
  taiko,
  crash,
  tambourine,
  ride
};
void hit(Mix& mix, Drum drum, double at_s, double velocity, std::uint32_t seed);

}  // namespace understudy::library
