// Prosody: how loud, how high and how much a voice speaks at any time, and where its stresses are.
#pragma once

#include <vector>

#include "speech/speech.h"

namespace understudy::avatar {

// A moment that a speaker would stress with the body.
struct Stress {
  double time_s = 0;        // in the middle of the stressed vowel
  double strength = 0;      // 0..1
  double phrase_end_s = 0;  // when the phrase that holds it ends
  std::size_t word = 0;     // index into Speech::words, or SIZE_MAX
};

class Prosody {
 public:
  explicit Prosody(const speech::Speech& speech);

  double energy(double t_s) const;    // 0..1, relative to the loudest parts
  double pitch(double t_s) const;     // -1..1: about -6..+6 semitones from the median; 0 unvoiced
  double speaking(double t_s) const;  // 0..1, smooth over half a second

  const std::vector<Stress>& stresses() const { return stresses_; }
  const std::vector<double>& phrase_ends() const { return phrase_ends_; }      // s
  const std::vector<double>& phrase_starts() const { return phrase_starts_; }  // s

 private:
  void measure_energy(const std::vector<float>& samples);
  void measure_pitch(const std::vector<float>& samples);
  void find_phrases(const speech::Speech& speech);
  void find_stresses(const speech::Speech& speech);

  std::vector<float> energy_;    // every 10 ms
  std::vector<float> pitch_;     // every 20 ms
  std::vector<float> speaking_;  // every 20 ms
  std::vector<Stress> stresses_;
  std::vector<double> phrase_starts_;
  std::vector<double> phrase_ends_;
};

}  // namespace understudy::avatar
