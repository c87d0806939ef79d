// Speech and what is not speech, as well as classical means tell them apart. Mono, 48 kHz. Any
// thread.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"

namespace understudy::media {

// Speech without steady noise: rumble below the voice is cut, and the noise that goes on in its
// pauses is subtracted from its spectrum, by 15 dB at most (Boll 1979). As long as before. Errors:
// engine_failed.
Result<std::vector<float>> without_noise(std::span<const float> samples);

// Music and other sound under a speech, without the speech; empty when there is none. What repeats
// itself belongs to the bed (REPET-SIM, Rafii and Pardo 2012), and no frequency of it may be much
// louder than in the pauses of the speech. Solo instruments and singing are taken for speech where
// they do not repeat; traces of the speech's consonants stay. As long as before.
std::vector<float> without_speech(std::span<const float> samples);

}  // namespace understudy::media
