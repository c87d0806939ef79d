// SphinxDecoder: the one door to pocketsphinx (0.8+5prealpha, US English acoustic model of Debian's
// package pocketsphinx-en-us). Sound in, labelled spans of time out, on a grid of 10 ms.
//
// A decoder serves one thread at a time. Times count from the start of the sound.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace understudy::speech {

struct SphinxSpan {
  double start_s = 0;
  double end_s = 0;
  std::string label;  // a word, or a phone in upper case; "<sil>" and the like for silence
};

class SphinxDecoder {
 public:
  static constexpr int kRate = 16'000;  // Hz

  // Words by the large-vocabulary language model. Errors: service_unavailable (model not
  // installed).
  static Result<SphinxDecoder> for_words();
  // Phones without any text, by a phone language model.
  static Result<SphinxDecoder> for_phones();
  // Exactly these phones ("HH", "AH" ...) in this order, with optional silences between words.
  static Result<SphinxDecoder> for_alignment(std::span<const std::vector<std::string>> words);

  // `mono` at kRate. Empty when nothing was recognised. Errors: engine_failed.
  Result<std::vector<SphinxSpan>> decode(std::span<const float> mono);

  struct State;
  explicit SphinxDecoder(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

// False, with the reason, when the model is not installed.
Result<void> check_sphinx_model();

}  // namespace understudy::speech
