// Speech: sound with the times of its phones and words, as every synthesiser returns it and every
// animator takes it.
#pragma once

#include <string>
#include <vector>

namespace understudy::speech {

inline constexpr int kSampleRate = 48'000;  // Hz, mono; all speech of the project
inline constexpr int kProsodyRate = 100;    // Hz; see Speech::pitch_hz

struct Phone {
  double start_s = 0;
  double end_s = 0;
  std::string symbol;        // ARPAbet in lower case without stress ("aa", "m"); "pau" is silence
  bool is_stressed = false;  // the vowel of a syllable with primary stress
};

struct Word {
  double start_s = 0;
  double end_s = 0;
  std::string text;            // as written in the script, with its punctuation
  bool is_emphasised = false;  // marked by <emphasis>, or the strongest word of its phrase
};

struct Speech {
  std::vector<float> samples;  // kSampleRate, mono, -1..1, -16 LUFS before `volume`
  std::vector<Phone> phones;   // in order, without gaps, from 0 to duration_s()
  std::vector<Word> words;     // in order

  // What an animator may follow, kProsodyRate values a second, value i at the time i /
  // kProsodyRate.
  std::vector<float> pitch_hz;   // 0 where there is no voice
  std::vector<float> energy_db;  // dBFS of 30 ms, at least -90

  double duration_s() const { return static_cast<double>(samples.size()) / kSampleRate; }
};

}  // namespace understudy::speech
