#include "media/test_tone.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace understudy::media {
namespace {

constexpr int kRate = 48'000;

double loudest(const std::vector<float>& samples, double from_s, double to_s, int channels) {
  double peak = 0;
  for (auto i = static_cast<std::size_t>(from_s * kRate) * static_cast<std::size_t>(channels);
       i < static_cast<std::size_t>(to_s * kRate) * static_cast<std::size_t>(channels); ++i) {
    peak = std::max(peak, static_cast<double>(std::abs(samples[i])));
  }
  return peak;
}

TEST(TestTone, IsHeardAtTheStartAndEveryFiveSeconds) {
  for (const int channels : {1, 2}) {
    std::vector<float> samples(static_cast<std::size_t>(12 * kRate * channels));
    mix_test_tone(samples, channels);
    for (const double start : {0.0, 5.0, 10.0}) {
      EXPECT_NEAR(loudest(samples, start, start + 0.2, channels), 0.1, 0.01);
      EXPECT_EQ(loudest(samples, start + 0.21, start + 1.9, channels), 0);
    }
  }
}

TEST(TestTone, KeepsLoudSoundWithinItsRange) {
  std::vector<float> samples(kRate, 0.99F);
  mix_test_tone(samples, 1);
  EXPECT_LE(loudest(samples, 0, 1, 1), 1.0);
  EXPECT_EQ(samples.back(), 0.99F);
}

}  // namespace
}  // namespace understudy::media
