// Sample rate conversion (libswresample's polyphase windowed sinc).
#pragma once

#include <span>
#include <vector>

namespace understudy::media {

// Mono in, mono out; round(size x to / from) samples, without delay: a click at t seconds stays at
// t. Requires: 1000 <= rates <= 384000.
std::vector<float> resample(std::span<const float> mono, int from_rate, int to_rate);

}  // namespace understudy::media
