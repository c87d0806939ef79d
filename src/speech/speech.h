// Speech: sound with the times of its phones and words, as every synthesiser returns it and every
// animator takes it.
#pragma once

#include <string>
#include <vector>

namespace understudy::speech {

inline constexpr int kSampleRate = 48'000;  // Hz, mono; all speech of the project

struct Phone {
  double start_s = 0;
  double end_s = 0;
  std::string symbol;        // ARPAbet in lower case without stress ("aa", "m"); "pau" is silence
  bool is_stressed = false;  // the vowel of a syllable with primary stress
};

struct Word {
  double start_s = 0;
  double end_s = 0;
  std::string text;          // as written in the script, with its punctuation
  bool is_emphasised = false;  // marked by <emphasis>, or the strongest word of its phrase
};

struct Speech {
  std::vector<float> samples;  // kSampleRate, mono, -1..1, -16 LUFS before `volume`
  std::vector<Phone> phones;   // in order, without gaps, from 0 to duration_s()
  std::vector<Word> words;     // in order

  double duration_s() const { return static_cast<double>(samples.size()) / kSampleRate; }
};

}  // namespace understudy::speech
