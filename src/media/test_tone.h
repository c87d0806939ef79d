// What the sound of test jobs carries: two short tones at the beginning and every five seconds.
#pragma once

#include <span>

namespace understudy::media {

// 48 kHz, interleaved. Mixed in at -20 dBFS; the sum is kept within +-1.
void mix_test_tone(std::span<float> samples, int channels);

}  // namespace understudy::media
