#include "media/audio.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"

namespace understudy::media {
namespace {

// Two seconds that rise from silence to a half, in steps of 16 bits.
class DecodeCut : public testing::Test {
 protected:
  void SetUp() override {
    samples_.resize(2 * kAudioRate);
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      samples_[i] = std::floor(static_cast<float>(i) / (2 * kAudioRate) * 16384) / 32768;
    }
    file_ = folder_.path() / "ramp.wav";
    ASSERT_TRUE(write_audio_file(file_, samples_, AudioFormat::wav));
  }

  TemporaryFolder folder_;
  std::filesystem::path file_;
  std::vector<float> samples_;
};

TEST_F(DecodeCut, IsThePartAskedForToTheLastBitOnBothSides) {
  const auto cut = decode_cut(file_, {.start_s = 0.5, .length_s = 0.25});
  ASSERT_TRUE(cut) << cut.error().message;
  ASSERT_EQ(cut->channels, 2);
  ASSERT_EQ(cut->frames(), kAudioRate / 4);
  for (std::size_t i = 0; i < static_cast<std::size_t>(cut->frames()); ++i) {
    ASSERT_EQ(cut->samples[2 * i], samples_[kAudioRate / 2 + i]) << i;
    ASSERT_EQ(cut->samples[2 * i], cut->samples[2 * i + 1]) << i;
  }
}

TEST_F(DecodeCut, EndsWithTheFile) {
  const auto cut = decode_cut(file_, {.start_s = 1.9, .length_s = 5});
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->frames(), kAudioRate / 10);
  EXPECT_EQ(decode_cut(file_, {.start_s = 3, .length_s = 1}).value_or(AudioClip{2, {}}).frames(),
            0);
}

TEST_F(DecodeCut, AFactorMakesItShorterFromTheSameStart) {
  const auto cut = decode_cut(file_, {.start_s = 0.5, .length_s = 0.5, .factor = 2});
  ASSERT_TRUE(cut);
  EXPECT_NEAR(static_cast<double>(cut->frames()), kAudioRate / 2.0, kAudioRate / 50.0);
  // A quarter second in, the file is at 0.5 + 0.25 x 2 = 1 s.
  EXPECT_NEAR(cut->samples[2 * (kAudioRate / 4)], 0.25, 0.01);
}

TEST_F(DecodeCut, WhatIsNoSoundIsRefused) {
  const auto text = folder_.path() / "a.wav";
  std::ofstream(text) << "no sound";
  EXPECT_EQ(decode_cut(text, {.length_s = 1}).error().code, ErrorCode::invalid_parameter);
}

}  // namespace
}  // namespace understudy::media
