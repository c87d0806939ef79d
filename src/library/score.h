// A score: what a music bed is composed from. Private to this folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "library/instruments.h"
#include "library/music.h"

namespace understudy::library {

enum class Comp {
  none,
  hold,
  stabs,
  offbeat,
  quarters,
  arp_up,
  arp_wave,
  broken,
  strum,
  bossa,
  swells
};
enum class Low { none, root, eighths, walking, octaves, syncopated, drone, waltz, dub, sixteenths };
enum class Beat {
  none,
  four_floor,
  backbeat,
  half_time,
  lofi,
  bossa,
  swing,
  waltz,
  hiphop,
  breakbeat,
  taiko,
  shaker,
  march,
  disco,
  clicks,
  rock,
  reggae
};

struct Layer {
  Voice voice = Voice::pad;
  double level = 0;                // 0: no such layer
  std::string_view plan = "1111";  // in which quarters of the minute it plays
  int octave = 0;
};

struct Score {
  int bpm = 96;  // a minute has bpm / beats bars, a whole number of fours
  int beats = 4;
  std::string_view chords = {};  // "Am F C G"
  int bars_per_chord = 1;
  Layer back = {};  // long chords
  Layer comp = {};
  Comp style = Comp::hold;
  Layer low = {};
  Low line = Low::root;
  Layer tune = {};
  double busy = 0.5;  // of the tune
  Beat beat = Beat::none;
  double beat_level = 0;
  std::string_view beat_plan = "1111";
  double swing = 0;  // 0 straight, 0.33 triplets
  double bright = 0.5;
  double room = 0.5;
  double echo = 0;
  bool is_old = false;  // as from a tape
  std::uint32_t seed = 1;
};

const Score& score_of(const Bed& bed);  // Requires: one of beds()

}  // namespace understudy::library
