// SpeechJoin: sentences become one Speech: pauses exactly as asked, times shifted, silences merged.
#pragma once

#include <cstddef>
#include <vector>

#include "speech/engine_speech.h"
#include "speech/script.h"
#include "speech/speech.h"

namespace understudy::speech {

class SpeechJoin {
 public:
  explicit SpeechJoin(const Script& script) : script_(script) {}

  // Sentence `index` of the script, in order; an empty `spoken` adds only its pause.
  void add(std::size_t index, EngineSpeech spoken);

  // Words without sound of their own get a moment between their neighbours. Prosody and loudness
  // are not set yet.
  Speech finish();

 private:
  struct WordTime {
    double start_s = 0;
    double end_s = 0;
    bool is_set = false;
  };

  void add_silence(double seconds);
  void append(const EngineSpeech& spoken, const Sentence& sentence);

  const Script& script_;
  Speech speech_;
  std::vector<WordTime> words_ = std::vector<WordTime>(script_.words.size());
  double wanted_pause_s_ = script_.lead_silence_s;  // before the next sentence
  bool is_exact_ = script_.lead_silence_s > 0;
  bool is_paragraph_ = false;
};

}  // namespace understudy::speech
