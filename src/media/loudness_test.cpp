// Loudness against the reference signals of EBU Tech 3341 and BS.1770-4.
#include "media/loudness.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "media/resample.h"

namespace understudy::media {
namespace {

std::vector<float> sine(double hertz, double level_db, double seconds, int rate, double phase = 0) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
  const double amplitude = std::pow(10.0, level_db / 20.0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate + phase;
    samples[i] = static_cast<float>(amplitude * std::sin(angle));
  }
  return samples;
}

std::vector<float> join(std::initializer_list<std::vector<float>> parts) {
  std::vector<float> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

double peak(const std::vector<float>& samples) {
  double top = 0;
  for (const float sample : samples) top = std::max(top, std::abs(static_cast<double>(sample)));
  return top;
}

// BS.1770-4: a full-scale 997 Hz sine in one channel reads -3.01 LUFS.
TEST(Loudness, ReadsTheReferenceSine) {
  for (const int rate : {16'000, 44'100, 48'000}) {
    EXPECT_NEAR(integrated_loudness(sine(997, 0, 5, rate), rate), -3.01, 0.05) << rate;
    EXPECT_NEAR(integrated_loudness(sine(997, -19.99, 5, rate), rate), -23.0, 0.05) << rate;
  }
}

// EBU Tech 3341 test 3 in one channel: quiet parts below the relative gate do not count.
TEST(Loudness, GatesQuietParts) {
  const int rate = 48'000;
  const auto loud = sine(997, -20, 20, rate);
  const double alone = integrated_loudness(loud, rate);
  const auto framed = join({sine(997, -36, 4, rate), loud, sine(997, -36, 4, rate)});
  EXPECT_NEAR(integrated_loudness(framed, rate), alone, 0.1);
  const auto paused = join({loud, std::vector<float>(48'000 * 10)});
  EXPECT_NEAR(integrated_loudness(paused, rate), alone, 0.1);
}

TEST(Loudness, KWeightingRaisesTrebleAndCutsRumble) {
  const int rate = 48'000;
  const double reference = integrated_loudness(sine(997, -20, 3, rate), rate);
  EXPECT_NEAR(integrated_loudness(sine(10'000, -20, 3, rate), rate) - reference, 3.3, 0.3);
  EXPECT_LT(integrated_loudness(sine(25, -20, 3, rate), rate), reference - 8);
}

TEST(Loudness, SilenceReadsTheFloorAndStaysSilent) {
  std::vector<float> silence(48'000);
  EXPECT_EQ(integrated_loudness(silence, 48'000), kSilenceLufs);
  EXPECT_EQ(integrated_loudness({}, 48'000), kSilenceLufs);
  normalise_loudness(silence, 48'000, -16);
  EXPECT_EQ(peak(silence), 0);
}

TEST(Loudness, NormalisesQuietAndLoudSoundToTheTarget) {
  const int rate = 48'000;
  for (const double level : {-40.0, -3.0}) {
    auto sound = join({sine(220, level, 2, rate), sine(1500, level - 6, 2, rate)});
    normalise_loudness(sound, rate, -16);
    EXPECT_NEAR(integrated_loudness(sound, rate), -16, 0.2) << level;
  }
}

// Bursts over a soft bed, with a crest factor above what -16 LUFS leaves room for.
TEST(Loudness, LimiterHoldsTheCeilingAndTheTarget) {
  const int rate = 48'000;
  auto sound = sine(300, -30, 6, rate);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    if (i % 9'600 < 480) sound[i] *= 6.0F;
  }
  const auto length = sound.size();
  normalise_loudness(sound, rate, -16);
  const double ceiling = std::pow(10.0, kPeakCeilingDb / 20);
  EXPECT_EQ(sound.size(), length);
  EXPECT_LE(peak(sound), ceiling + 1e-6);
  EXPECT_LE(true_peak(sound), ceiling * 1.06);
  EXPECT_NEAR(integrated_loudness(sound, rate), -16, 0.5);
}

// A quarter of the sample rate, sampled beside its crests: samples at 0.707, the wave at 1.
TEST(Loudness, TruePeakSeesBetweenSamples) {
  const auto sound = sine(12'000, 0, 0.5, 48'000, std::numbers::pi / 4);
  EXPECT_NEAR(peak(sound), 0.7071, 0.001);
  EXPECT_NEAR(true_peak(sound), 1.0, 0.08);
}

TEST(Loudness, ASoundBelowTheCeilingPassesTheLimiterUntouched) {
  auto sound = sine(440, -6, 1, 48'000);
  const auto before = sound;
  limit_peaks(sound, 48'000, 0.9);
  for (std::size_t i = 0; i < sound.size(); ++i) ASSERT_NEAR(sound[i], before[i], 1e-6);
}

TEST(Resample, KeepsLengthPitchAndTime) {
  const auto low = sine(1000, -6, 2, 16'000);
  const auto high = resample(low, 16'000, 48'000);
  ASSERT_EQ(high.size(), low.size() * 3);
  const auto reference = sine(1000, -6, 2, 48'000);
  double error = 0;
  for (std::size_t i = 4'800; i < high.size() - 4'800; ++i) {
    error = std::max(error, std::abs(static_cast<double>(high[i] - reference[i])));
  }
  EXPECT_LT(error, 0.005);  // in phase: no delay
  EXPECT_EQ(resample(low, 16'000, 44'100).size(), 88'200U);
  EXPECT_EQ(resample(low, 16'000, 16'000), low);
}

TEST(Resample, DownsamplingRemovesWhatWouldAlias) {
  const auto out = resample(sine(20'000, 0, 1, 48'000), 48'000, 16'000);
  double top = 0;
  for (std::size_t i = 800; i + 800 < out.size(); ++i) {
    top = std::max(top, std::abs(static_cast<double>(out[i])));
  }
  EXPECT_LT(top, 0.01);
}

}  // namespace
}  // namespace understudy::media
