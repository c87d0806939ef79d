#include "media/tempo.h"

#include <cmath>

#include <gtest/gtest.h>

namespace understudy::media {
namespace {

std::vector<float> tone(double hertz, std::size_t frames, int channels) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < frames; ++i) {
    for (int c = 0; c < channels; ++c) {
      samples.push_back(
          static_cast<float>(0.4 * std::sin(2 * M_PI * hertz * static_cast<double>(i) / 48'000)));
    }
  }
  return samples;
}

// Passes through zero, upwards, per second.
double pitch_of(const std::vector<float>& samples, int channels) {
  int crossings = 0;
  const std::size_t step = static_cast<std::size_t>(channels);
  for (std::size_t i = step; i < samples.size(); i += step)
    crossings += samples[i - step] < 0 && samples[i] >= 0;
  return crossings * 48'000.0 * channels / static_cast<double>(samples.size());
}

TEST(Tempo, ChangesTheLengthAndNotThePitch) {
  for (const int channels : {1, 2}) {
    for (const double factor : {0.5, 0.8, 1.3, 2.0}) {
      const auto out = change_tempo(tone(440, 48'000, channels), channels, factor).value();
      EXPECT_EQ(out.size(), static_cast<std::size_t>(std::llround(48'000 / factor)) *
                                static_cast<std::size_t>(channels));
      EXPECT_NEAR(pitch_of(out, channels), 440, 10) << factor;
      double power = 0;
      for (std::size_t i = out.size() / 4; i < out.size() * 3 / 4; ++i)
        power += static_cast<double>(out[i]) * out[i];
      EXPECT_NEAR(std::sqrt(power / (static_cast<double>(out.size()) / 2)), 0.4 / std::sqrt(2),
                  0.03)
          << factor;
    }
  }
}

TEST(Tempo, EventsStayWhereTheyBelong) {
  std::vector<float> samples(96'000);
  for (std::size_t i = 48'000; i < 50'400; ++i) samples[i] = tone(1000, 2'400, 1)[i - 48'000];
  const auto out = change_tempo(samples, 1, 0.8).value();
  std::size_t first = 0;
  while (first < out.size() && std::abs(out[first]) < 0.1) ++first;
  EXPECT_NEAR(static_cast<double>(first), 60'000, 1'500);
  EXPECT_FALSE(change_tempo(samples, 1, 11));
  EXPECT_TRUE(change_tempo({}, 1, 1.5).value().empty());
}

}  // namespace
}  // namespace understudy::media
