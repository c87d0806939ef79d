#include "browser/audio_mix.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/audio.h"

namespace understudy::browser {
namespace {

// A ramp from 0 to 0.5 over one second, one channel: its value tells the time.
class AudioMix : public ::testing::Test {
 protected:
  AudioMix() : file_(folder_.path() / "ramp.wav") {
    std::vector<float> samples(media::kAudioRate);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] = 0.5F * static_cast<float>(i) / static_cast<float>(samples.size());
    }
    EXPECT_TRUE(media::write_audio_file(file_, samples, media::AudioFormat::wav));
    element_.kind = "audio";
    element_.file = file_;
    element_.channels = 1;
    element_.is_heard = true;
    element_.end_s = 2;
  }
  std::vector<float> mix(const std::vector<MediaElement>& media) {
    auto mixed = mix_audio(media, 2);
    EXPECT_TRUE(mixed);
    return mixed ? *mixed : std::vector<float>();
  }
  static float at(const std::vector<float>& mixed, double seconds, int channel = 0) {
    return mixed[static_cast<std::size_t>(seconds * media::kAudioRate) * 2 +
                 static_cast<std::size_t>(channel)];
  }
  TemporaryFolder folder_;
  std::filesystem::path file_;
  MediaElement element_;
};

TEST_F(AudioMix, OneChannelIsOnBothSidesAsLoudAsItIs) {
  const auto mixed = mix({element_});
  ASSERT_EQ(mixed.size(), 2U * 2 * media::kAudioRate);
  EXPECT_NEAR(at(mixed, 0.5), 0.25, 0.001);
  EXPECT_EQ(at(mixed, 0.5, 0), at(mixed, 0.5, 1));
  EXPECT_EQ(at(mixed, 1.5), 0) << "silence after the end";
}

TEST_F(AudioMix, StartOffsetVolumeAndLoop) {
  element_.start_s = 0.5;
  element_.media_start_s = 0.6;
  element_.volume = 0.5;
  element_.is_looped = true;
  const auto mixed = mix({element_});
  EXPECT_EQ(at(mixed, 0.4), 0);
  EXPECT_NEAR(at(mixed, 0.6), 0.175, 0.002) << "0.7 of the file, at half its volume";
  EXPECT_NEAR(at(mixed, 1.0), 0.175, 0.002) << "the same again, 0.4 s later";
}

TEST_F(AudioMix, AnimatedVolumesAreCurvesAndTracksAddUp) {
  element_.volumes = {{0, 0}, {1, 1}, {2, 0}};
  const auto once = mix({element_});
  EXPECT_NEAR(at(once, 0.5), 0.125, 0.002);
  const auto twice = mix({element_, element_});
  EXPECT_NEAR(at(twice, 0.5), 0.25, 0.002);
}

TEST_F(AudioMix, FadesGoLinearlyFromAndToSilence) {
  element_.end_s = 0.8;
  element_.fade_in_s = 0.4;
  element_.fade_out_s = 0.4;
  const auto mixed = mix({element_});
  EXPECT_NEAR(at(mixed, 0.2), 0.1 * 0.5, 0.002);
  EXPECT_NEAR(at(mixed, 0.6), 0.3 * 0.5, 0.002);
}

TEST_F(AudioMix, TwiceTheRateIsHalfTheTime) {
  element_.rate = 2;
  const auto mixed = mix({element_});
  EXPECT_NEAR(at(mixed, 0.25), 0.25, 0.03);
  EXPECT_EQ(at(mixed, 0.6), 0);
}

TEST_F(AudioMix, NothingHeardIsNoTrack) {
  element_.is_heard = false;
  EXPECT_TRUE(mix({element_}).empty());
}

}  // namespace
}  // namespace understudy::browser
