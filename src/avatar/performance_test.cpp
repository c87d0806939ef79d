#include "avatar/performance.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace understudy::avatar {
namespace {

// Ten seconds: a phrase, a pause, a phrase; every word has one stressed vowel.
speech::Speech speech_of_words() {
  speech::Speech speech;
  double t = 0;
  const auto phone = [&](const char* symbol, double duration_s, bool is_stressed = false) {
    speech.phones.push_back({t, t + duration_s, symbol, is_stressed});
    t += duration_s;
  };
  for (int phrase = 0; phrase < 2; ++phrase) {
    phone("pau", .4);
    for (int i = 0; i < 8; ++i) {
      const double start = t;
      phone("t", .1);
      phone("ey", .2, true);
      phone("n", .15);
      speech.words.push_back({start, t, "wording", i % 4 == 2});
    }
  }
  phone("pau", 1.2);
  speech.samples.resize(static_cast<std::size_t>(t * speech::kSampleRate));
  for (const speech::Phone& p : speech.phones)
    if (p.symbol != "pau")
      for (auto i = static_cast<std::size_t>(p.start_s * speech::kSampleRate);
           i < static_cast<std::size_t>(p.end_s * speech::kSampleRate); ++i)
        speech.samples[i] = static_cast<float>(
            (p.is_stressed ? .5 : .15) *
            std::sin(2 * std::numbers::pi * 130 * static_cast<double>(i) / speech::kSampleRate));
  return speech;
}

TEST(Performance, StrokesOfGesturesFallOnStressedVowelsAndPreferEmphasisedWords) {
  const speech::Speech speech = speech_of_words();
  const Performance performance(speech, 7);
  ASSERT_FALSE(performance.gestures().strokes().empty());
  int emphasised = 0;
  for (const GesturePlan::Stroke& stroke : performance.gestures().strokes()) {
    bool is_stressed = false;
    for (const speech::Phone& phone : speech.phones)
      is_stressed |=
          phone.is_stressed && stroke.time_s >= phone.start_s && stroke.time_s <= phone.end_s;
    EXPECT_TRUE(is_stressed) << stroke.time_s;
    for (const speech::Word& word : speech.words)
      emphasised +=
          word.is_emphasised && stroke.time_s >= word.start_s && stroke.time_s <= word.end_s;
    // The hand has arrived: its place is the gesture's.
    const Pose pose = performance.at(stroke.time_s);
    const ArmPose& arm = stroke.uses_left ? pose.left : pose.right;
    EXPECT_LT(std::abs(arm.wrist.y - arm_place(stroke.place).wrist.y), 30);
  }
  EXPECT_GE(emphasised,
            2);  // of four, which stand in two pairs too near to each other for two gestures
}

TEST(Performance, HandsRestInSilence) {
  const Performance performance(speech_of_words(), 7);
  for (const double t : {0.0, 20.0, 300.0}) {
    EXPECT_EQ(performance.at(t).left, arm_place(ArmPlace::rest)) << t;
    EXPECT_EQ(performance.at(t).right, mirrored(arm_place(ArmPlace::rest))) << t;
    EXPECT_EQ(performance.at(t).mouth.open, 0) << t;
  }
}

TEST(Performance, EyesBlinkAtNaturalIntervals) {
  const Performance performance(speech::Speech{}, 3);
  int blinks = 0;
  bool was_shut = false;
  for (double t = 0; t < 60; t += .01) {
    const bool is_shut = performance.at(t).blink > .9;
    blinks += is_shut && !was_shut;
    was_shut = is_shut;
  }
  EXPECT_GE(blinks, 10);
  EXPECT_LE(blinks, 32);
}

TEST(Performance, NothingJumpsFromFrameToFrame) {
  const Performance performance(speech_of_words(), 11);
  for (int i = 0; i + 1 < 400; ++i) {
    const Pose a = performance.at(i / 50.0), b = performance.at((i + 1) / 50.0);
    EXPECT_LT(std::hypot(a.head_x - b.head_x, a.head_y - b.head_y), 4) << i;
    EXPECT_LT(std::abs(a.body_x - b.body_x), 1.5) << i;
    EXPECT_LT(std::abs(a.head_roll - b.head_roll), .01) << i;
    EXPECT_LT(length(a.left.wrist - b.left.wrist), 60) << i;
    EXPECT_LT(length(a.right.wrist - b.right.wrist), 60) << i;
  }
}

TEST(Performance, TheHeadNodsOnAStressedWord) {
  const speech::Speech speech = speech_of_words();
  const Performance performance(speech, 5);
  // The mean height of the head in emphasised vowels lies below that of the moments between.
  double on = 0, off = 0;
  int count = 0;
  for (const speech::Word& word : speech.words) {
    if (!word.is_emphasised) continue;
    on += performance.at(word.start_s + .2).head_y;
    off += performance.at(word.start_s - .08).head_y;
    ++count;
  }
  EXPECT_GT(on / count, off / count + 1);
}

TEST(Performance, TheSameSeedGivesTheSamePoseAndAnotherOneDoesNot) {
  const speech::Speech speech = speech_of_words();
  EXPECT_EQ(Performance(speech, 1).at(2.5), Performance(speech, 1).at(2.5));
  EXPECT_FALSE(Performance(speech, 1).at(2.5) == Performance(speech, 2).at(2.5));
}

}  // namespace
}  // namespace understudy::avatar
