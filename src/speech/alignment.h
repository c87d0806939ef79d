// Alignment: what is said in a recording, and when: the phones that move a mouth and the words that
// captions show.
//
// English: words by large-vocabulary recognition (or the text, when it is known), then each word's
// phones by forced alignment; a stretch where that fails, and every other language, gets the phones
// of a phone loop, which hears sounds without words. All on a grid of 10 ms by pocketsphinx;
// measured against our own synthesiser's phone times: see alignment_test.cpp. Cost: about a third
// of the recording's length for recognition, 3 % for a known text, 8 % for the phone loop.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "speech/speech.h"
#include "speech/synthesizer.h"

namespace understudy::speech {

struct AudioReading {
  // What is said, when known; of use up to three minutes, longer recordings are recognised.
  std::optional<std::string> text = {};
  bool is_english = true;  // false: phones only, no words
};

// `samples`: kSampleRate, mono; they come back unchanged in the result, with phones, words, pitch
// and energy. Silence gives one "pau" and no words. Errors: service_unavailable (the recogniser's
// model is not installed), engine_failed, cancelled.
Result<Speech> read_audio(std::vector<float> samples, const AudioReading& reading,
                          const ProgressFn& on_progress = {});

// Only the words, for captions and measurements. `mono` at `rate` Hz.
Result<std::vector<Word>> recognise_words(std::span<const float> mono, int rate);

}  // namespace understudy::speech
