// Scenes in a row: where they lie, what is drawn of them, what is heard of them.
#include "compose/timeline.h"

#include <cmath>
#include <memory>
#include <numeric>

#include <gtest/gtest.h>

#include "base/file.h"
#include "compose/mix.h"
#include "compose/scene_sources.h"
#include "media/overlay.h"
#include "media/sample_file.h"

namespace understudy::compose {
namespace {

int frames_of(const std::vector<ScenePlace>& places) {
  return places.back().first_frame + places.back().frame_count;
}

TEST(PlaceScenes, RoundingNeverAddsUp) {
  for (const int fps : {25, 30, 60}) {
    for (const double seconds : {0.5, 0.1, 1.0 / 3, 2.02, 0.7}) {
      std::vector<SceneLength> lengths(50, {.seconds = seconds, .is_sound = false});
      const auto places = place_scenes(lengths, fps);
      EXPECT_NEAR(frames_of(places), 50 * seconds * fps, 0.51) << seconds << " at " << fps;
      for (const auto& place : places) EXPECT_NEAR(place.frame_count, seconds * fps, 1.001);
    }
  }
}

TEST(PlaceScenes, SoundsAreNeverCut) {
  const auto places = place_scenes(std::vector<SceneLength>{{.seconds = 1.001, .is_sound = true},
                                                            {.seconds = 1.01, .is_sound = true},
                                                            {.seconds = 0.001, .is_sound = true}},
                                   25);
  EXPECT_EQ(places[0].frame_count, 25) << "a millisecond needs no further frame";
  EXPECT_EQ(places[1].frame_count, 26);
  EXPECT_EQ(places[2].frame_count, 1);
  EXPECT_EQ(places[2].first_frame, 51);
}

TEST(PlaceScenes, EverySceneHasAPicture) {
  const auto places = place_scenes(std::vector<SceneLength>(3, {.seconds = 0.001}), 25);
  for (const auto& place : places) EXPECT_EQ(place.frame_count, 1);
}

media::Frame grey(std::uint8_t level) {
  media::Frame frame = media::Frame::make(32, 16, false);
  std::fill(frame.y.begin(), frame.y.end(), level);
  return frame;
}

TEST(Timeline, DrawsEverySceneFromABlackCanvasAndAStillOnce) {
  int opened = 0;
  std::vector<Timeline::Scene> scenes;
  for (const int level : {50, 100, 150}) {
    scenes.push_back({2, [&opened, level]() -> Result<std::unique_ptr<FrameSource>> {
                        ++opened;
                        return std::unique_ptr<FrameSource>(std::make_unique<StillSource>(
                            grey(static_cast<std::uint8_t>(level)), 2));
                      }});
  }
  Timeline timeline(std::move(scenes));
  ASSERT_EQ(timeline.frame_count(), 6);
  media::Frame canvas = media::Frame::make(32, 16, false);
  for (int i = 0; i < 6; ++i) {
    const auto changed = timeline.draw(i, canvas).value();
    EXPECT_EQ(changed, i % 2 == 0 ? media::whole(canvas) : media::Rectangle{}) << i;
    EXPECT_EQ(canvas.y[100], 50 + 50 * (i / 2));
    EXPECT_EQ(opened, i / 2 + 1) << "a scene is opened when it begins";
  }
}

TEST(Timeline, TellsTheErrorOfASceneThatCannotBegin) {
  Timeline timeline({{1, [] {
                        return Result<std::unique_ptr<FrameSource>>(
                            fail(ErrorCode::engine_failed, "no"));
                      }}});
  media::Frame canvas = media::Frame::make(32, 16, false);
  EXPECT_EQ(timeline.draw(0, canvas).error().message, "no");
}

std::vector<float> tone(double seconds, double level, double hertz = 500) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * media::kAudioRate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(
        level * std::sin(2 * M_PI * hertz * static_cast<double>(i) / media::kAudioRate));
  }
  return samples;
}

std::vector<float> mixed(int channels, std::int64_t samples, const std::vector<Track>& tracks) {
  const TemporaryFolder folder;
  auto mix = Mix::create(folder.path() / "mix", channels).value();
  EXPECT_TRUE(mix.add_scene(samples, tracks));
  EXPECT_TRUE(mix.finish());
  const auto file = media::SampleFile::open(folder.path() / "mix").value();
  return {file.samples().begin(), file.samples().end()};
}

double level_of(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

TEST(Mix, ASceneHasExactlyItsSamples) {
  const auto sound = tone(0.5, 0.3);
  const auto out = mixed(1, 48'000, {{.samples = sound}});
  ASSERT_EQ(out.size(), 48'000U);
  EXPECT_EQ(level_of(std::span(out).subspan(24'000)), 0);
  EXPECT_NEAR(level_of(std::span(out).subspan(4'800, 9'600)), 0.3 / std::sqrt(2), 0.001);
  EXPECT_EQ(mixed(2, 1'920, {{.samples = sound}}).size(), 3'840U);
}

TEST(Mix, WhatIsCutFadesOutInFiveMilliseconds) {
  const auto out = mixed(1, 10'003, {{.samples = tone(1, 0.8)}});
  EXPECT_LT(std::abs(out.front()), 0.001);
  EXPECT_LT(std::abs(out.back()), 0.001);
  const auto before = std::span(out).subspan(10'003 - 240 - 480, 480);
  EXPECT_NEAR(level_of(before), 0.8 / std::sqrt(2), 0.01);
}

TEST(Mix, ALoopGoesOnUntilTheSceneEnds) {
  const auto sound = tone(0.1, 0.3);
  const auto out = mixed(1, 96'000, {{.samples = sound, .is_looped = true}});
  EXPECT_NEAR(level_of(std::span(out).subspan(90'000, 4'800)), 0.3 / std::sqrt(2), 0.02);
}

TEST(Mix, SumsStayBelowTheCeilingWithoutClipping) {
  const auto a = tone(25, 0.8, 300);
  const auto b = tone(25, 0.8, 310);
  const auto out = mixed(1, 25 * 48'000, {{.samples = a}, {.samples = b}});
  float peak = 0;
  float jump = 0;
  for (std::size_t i = 1; i < out.size(); ++i) {
    peak = std::max(peak, std::abs(out[i]));
    jump = std::max(jump, std::abs(out[i] - out[i - 1]));
  }
  EXPECT_LE(peak, 0.892);
  EXPECT_GT(peak, 0.85);
  EXPECT_LT(jump, 0.05) << "also where one piece follows another";
}

TEST(Mix, MonoKeepsItsLoudnessInStereo) {
  const auto sound = tone(1, 0.4);
  const auto out = mixed(2, 48'000, {{.samples = sound}});
  EXPECT_NEAR(out[10'000], out[10'001], 1e-6);
  double power = 0;
  for (const float sample : std::span(out).subspan(9'600, 48'000))
    power += static_cast<double>(sample) * sample;
  EXPECT_NEAR(power / 24'000, 0.4 * 0.4 / 2, 0.001) << "both sides together have the power of one";
}

TEST(Mix, LoudFilmsComeDownToSpeechAndQuietOnesStay) {
  EXPECT_LT(gain_below_speech(tone(2, 0.9), 1), 0.4);
  EXPECT_EQ(gain_below_speech(tone(2, 0.02), 1), 1);
  EXPECT_EQ(gain_below_speech(std::vector<float>(96'000), 2), 1);
}

}  // namespace
}  // namespace understudy::compose
