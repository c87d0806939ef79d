// English by flite's statistical ("clustergen") voices slt, rms and awb, 16 kHz.
//
// flite makes the text's phones, durations, pitch and spectra; the last step, its vocoder, runs
// under our hands: pitch and level follow each token's prosody frame by frame, and a voice's
// formants move by the vocoder's frequency warping (the all-pass constant alpha of the mel-cepstral
// filter, as in Tokuda et al., "Mel-generalized cepstral analysis", 1994), which costs nothing and
// leaves no seams. Phone times are the vocoder's own, exact to its 5 ms frames. One call at a time;
// others wait.
#pragma once

#include "base/result.h"
#include "speech/engine_speech.h"
#include "speech/english_text.h"
#include "speech/voice_catalogue.h"

namespace understudy::speech {

// Requires: voice.provider is flite. Errors: tts_text_invalid, engine_failed.
// An empty result (no samples) when nothing in the sentence is spoken.
Result<EngineSpeech> speak_flite(const Sentence& sentence, const Voice& voice,
                                 const Delivery& delivery, DateOrder order);

// The phones of each token as flite's lexicon and letter-to-sound rules give them, without sound:
// what forced alignment needs. Times are 0. Errors: as above.
Result<std::vector<std::vector<Phone>>> pronounce_flite(const Sentence& sentence, DateOrder order);

}  // namespace understudy::speech
