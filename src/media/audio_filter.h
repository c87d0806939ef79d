// FFmpeg's sound filters over sound in memory. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace understudy::media {

// `chain` as FFmpeg spells filters ("atempo=2"); `samples`: 48 kHz, interleaved, and so is the
// result. Errors: engine_failed, with `what` as its sentence.
Result<std::vector<float>> filter_audio(std::span<const float> samples, int channels,
                                        const std::string& chain, const char* what);

}  // namespace understudy::media
