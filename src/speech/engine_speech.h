// What a synthesiser makes of one sentence, before the synthesizer joins sentences to a Speech.
#pragma once

#include <string>
#include <vector>

#include "speech/script.h"
#include "speech/speech.h"

namespace understudy::speech {

struct TokenTime {
  std::size_t token = 0;  // index in Sentence::tokens
  double start_s = 0;
  double end_s = 0;
};

struct EngineSpeech {
  int rate = 0;                   // Hz
  std::vector<float> samples;     // mono, -1..1
  std::vector<Phone> phones;      // from 0 to the end of the samples, no gaps
  std::vector<TokenTime> tokens;  // in order; a token that has no sound is missing
};

// What holds for a whole request, on top of each token's Prosody.
struct Delivery {
  double rate = 1;
  double semitones = 0;
};

}  // namespace understudy::speech
