// Sound played faster or slower at its own pitch, by FFmpeg's atempo filter. Any thread.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"

namespace understudy::media {

// `samples`: 48 kHz, interleaved; factor 2 makes it half as long. The result has exactly
// round(length / factor) samples a channel. Errors: invalid_parameter (factor not in 0.1..10),
// engine_failed.
Result<std::vector<float>> change_tempo(std::span<const float> samples, int channels,
                                        double factor);

// The filters for it, "atempo=2,atempo=1.2": one is good from 0.5 to 2.
std::string tempo_chain(double factor);

}  // namespace understudy::media
