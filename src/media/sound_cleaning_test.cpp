#include "media/sound_cleaning.h"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

#include "media/audio.h"

namespace understudy::media {
namespace {

constexpr int kSeconds = 8;
constexpr std::size_t kLength = static_cast<std::size_t>(kSeconds) * kAudioRate;

double level_db(const std::vector<float>& samples, double from_s, double to_s) {
  double sum = 0;
  const auto a = static_cast<std::size_t>(from_s * kAudioRate);
  const auto b = static_cast<std::size_t>(to_s * kAudioRate);
  for (std::size_t i = a; i < b; ++i) sum += samples[i] * samples[i];
  return 10 * std::log10(sum / static_cast<double>(b - a) + 1e-12);
}

// Something like a voice: harmonics of a moving pitch in syllables, with pauses.
std::vector<float> voice() {
  std::vector<float> samples(kLength);
  double phase = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    const double t = static_cast<double>(i) / kAudioRate;
    const double hz = 140 + 45 * std::sin(2.1 * t) + 20 * std::sin(5.3 * t);
    phase += 2 * std::numbers::pi * hz / kAudioRate;
    const bool speaks = std::fmod(t, 2.0) < 1.3;
    const double syllable = std::pow(std::max(0.0, std::sin(2 * std::numbers::pi * 4 * t)), 0.5);
    double value = 0;
    for (int h = 1; h <= 20; ++h) value += std::sin(h * phase) / h;
    samples[i] = static_cast<float>(speaks ? 0.2 * syllable * value : 0);
  }
  return samples;
}

std::vector<float> music() {  // a chord that comes again every second
  std::vector<float> samples(kLength);
  for (std::size_t i = 0; i < kLength; ++i) {
    const double t = static_cast<double>(i) / kAudioRate;
    const double fall = std::exp(-1.5 * std::fmod(t, 1.0));
    double value = 0;
    for (const double hz : {262.0, 330.0, 392.0, 1047.0})
      value += std::sin(2 * std::numbers::pi * hz * t);
    samples[i] = static_cast<float>(0.03 * (0.4 + fall) * value);
  }
  return samples;
}

TEST(WithoutSpeech, LeavesTheMusicAndTakesTheVoice) {
  const auto speech = voice(), bed = music();
  std::vector<float> both(kLength);
  for (std::size_t i = 0; i < kLength; ++i) both[i] = speech[i] + bed[i];
  const auto left = without_speech(both);
  ASSERT_EQ(left.size(), both.size());
  // In a pause it is the music as it was; under the voice it is near it.
  EXPECT_NEAR(level_db(left, 1.5, 1.9), level_db(bed, 1.5, 1.9), 2.5);
  EXPECT_LT(level_db(left, 4.0, 5.2), level_db(both, 4.0, 5.2) - 8);
  EXPECT_NEAR(level_db(left, 4.0, 5.2), level_db(bed, 4.0, 5.2), 5);
}

TEST(WithoutSpeech, SpeechAloneHasNoMusic) {
  EXPECT_TRUE(without_speech(voice()).empty());
  EXPECT_TRUE(without_speech(std::vector<float>(kLength, 0.0F)).empty());
  EXPECT_TRUE(without_speech(std::vector<float>(100, 0.5F)).empty());
}

TEST(WithoutNoise, QuietsPausesAndKeepsTheVoice) {
  auto noisy = voice();
  std::mt19937 random(3);
  std::normal_distribution<float> noise(0, 0.01F);
  for (float& value : noisy) value += noise(random);
  const auto clean = without_noise(noisy);
  ASSERT_TRUE(clean);
  ASSERT_EQ(clean->size(), noisy.size());
  EXPECT_LT(level_db(*clean, 5.5, 5.9), level_db(noisy, 5.5, 5.9) - 6);
  EXPECT_NEAR(level_db(*clean, 4.0, 5.2), level_db(noisy, 4.0, 5.2), 2);
}

}  // namespace
}  // namespace understudy::media
