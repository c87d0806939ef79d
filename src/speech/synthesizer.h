// Synthesizer: text to speech, by whichever engine a voice has.
//
// The result is 48 kHz mono at -16 LUFS (before `volume`), with the times of every phone and of
// every word as the script spells it. Any thread; one sentence is spoken at a time in a process.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "speech/script.h"
#include "speech/speech.h"
#include "speech/voice_catalogue.h"

namespace understudy::speech {

inline constexpr std::size_t kTextMax = 5000;  // characters

struct SpeechRequest {
  std::string text;
  bool is_ssml = false;
  std::string voice_id = {};
  double speed = 1;            // 0.5..2
  double pitch_semitones = 0;  // -24..24; see semitones_from_pitch()
  double volume = 1;           // 0..1, linear, after the loudness is set
  std::vector<Pronunciation> pronunciations = {};
  std::string locale = {};     // "en-GB": how dates are read; empty: the voice's own
};

// 0..1, told after each sentence; false stops the work with the error `cancelled`.
using ProgressFn = std::function<bool(double)>;

// The API's voice_settings.pitch, -50..50 in percent of an octave: 50 is half an octave up.
double semitones_from_pitch(double pitch);

// The script of a request, as its engine will speak it. Errors: invalid_parameter (text, empty or
// too long), tts_text_invalid.
Result<Script> script_of(const SpeechRequest& request);

// Never less than what synthesize() will give, seconds; for holds. Requires: a script of
// script_of().
double longest_duration_s(const Script& script, const SpeechRequest& request);

// Errors: voice_not_found, invalid_parameter, tts_text_invalid, engine_failed, cancelled.
Result<Speech> synthesize(const SpeechRequest& request, const ProgressFn& on_progress = {});

}  // namespace understudy::speech
