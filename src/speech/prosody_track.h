// Pitch and energy of speech over time: what makes a head nod and brows rise.
#pragma once

#include <span>
#include <vector>

namespace understudy::speech {

struct ProsodyTrack {
  std::vector<float> pitch_hz;   // kProsodyRate values a second; 0 where there is no voice
  std::vector<float> energy_db;  // dBFS of 30 ms, at least -90
};

// `mono` at `rate` Hz. Pitch by normalised autocorrelation over 60..500 Hz with a median of five
// against octave jumps. Cost: about 0.3 % of the sound's duration.
ProsodyTrack track_prosody(std::span<const float> mono, int rate);

// Median of the voiced frames, 0 without any.
double median_pitch(std::span<const float> pitch_hz);

}  // namespace understudy::speech
