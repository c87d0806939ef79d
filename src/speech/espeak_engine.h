// Every language of espeak-ng, by the program understudy-espeak. 22.05 kHz formant synthesis.
//
// Phones are mapped to ARPAbet by mouth shape; espeak-ng does not tell stress, so in each word the
// loudest vowel counts as stressed. One thread at a time; keep one engine for a whole script.
#pragma once

#include <optional>

#include "base/result.h"
#include "speech/engine_speech.h"
#include "speech/espeak_process.h"
#include "speech/voice_catalogue.h"

namespace understudy::speech {

class EspeakEngine {
 public:
  // Requires: voice.provider is espeak. Errors: tts_text_invalid, service_unavailable,
  // engine_failed.
  Result<EngineSpeech> speak(const Sentence& sentence, const Voice& voice,
                             const Delivery& delivery);

 private:
  std::optional<EspeakProcess> process_;  // started by the first sentence
};

}  // namespace understudy::speech
