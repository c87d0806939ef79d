#include "avatar/motion_prompt.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace understudy::avatar {
namespace {

constexpr double kDuration = 6;

// The most that a part of the pose moves away from rest, with its sign.
template <class Part>
double furthest(const std::string& text, const Part& part, double from = 0, double to = kDuration) {
  const MotionPrompt prompt(text, kDuration);
  double most = 0;
  for (double t = from; t < to; t += 0.04) {
    Pose pose;
    prompt.apply(t, pose);
    if (std::abs(part(pose)) > std::abs(most)) most = part(pose);
  }
  return most;
}

const auto kYaw = [](const Pose& pose) { return pose.yaw; };
const auto kPitch = [](const Pose& pose) { return pose.pitch; };
const auto kRoll = [](const Pose& pose) { return pose.head_roll; };
const auto kSmile = [](const Pose& pose) { return pose.mouth.smile; };

TEST(MotionPrompt, EachMovementActsOnItsPartOfThePose) {
  EXPECT_LT(furthest("look left", kYaw), -0.5);
  EXPECT_GT(furthest("She looks to the right.", kYaw), 0.5);
  EXPECT_LT(furthest("looking up at the sky", kPitch), -0.5);
  EXPECT_GT(std::abs(furthest("nodding", kPitch)), 0.5);
  EXPECT_GT(std::abs(furthest("shakes his head", kYaw)), 0.5);
  EXPECT_GT(furthest("tilt the head right", kRoll), 0.05);
  EXPECT_LT(furthest("tilt left", kRoll), -0.05);
  EXPECT_GT(furthest("smiles warmly", kSmile), 0.5);
  EXPECT_LT(furthest("frown", kSmile), -0.5);
  EXPECT_GT(furthest("lean forward", [](const Pose& pose) { return pose.lean; }), 0.03);
  EXPECT_GT(furthest("raise the eyebrows", [](const Pose& pose) { return pose.brow_raise; }), 0.5);
  EXPECT_GT(furthest("close your eyes", [](const Pose& pose) { return pose.blink; }), 0.9);
}

TEST(MotionPrompt, ClausesFollowEachOther) {
  const std::string text = "nod, then look left, then smile";
  EXPECT_EQ(furthest(text, kSmile, 0, 3.9), 0);
  EXPECT_GT(furthest(text, kSmile, 4.1), 0.5);
  EXPECT_EQ(furthest(text, kYaw, 0, 1.9), 0);
  EXPECT_LT(furthest(text, kYaw, 2.1, 3.9), -0.5);
}

TEST(MotionPrompt, MovementsOfOneClauseActTogether) {
  const MotionPrompt prompt("look left and smile", kDuration);
  Pose pose;
  prompt.apply(3, pose);
  EXPECT_LT(pose.yaw, -0.5);
  EXPECT_GT(pose.mouth.smile, 0.5);
}

TEST(MotionPrompt, ATwiceIsTwice) {
  const MotionPrompt prompt("nod twice", kDuration);
  Pose late;
  prompt.apply(4, late);
  EXPECT_EQ(late.pitch, 0);
}

TEST(MotionPrompt, StillnessAndLivelinessChangeTheRest) {
  EXPECT_LT(MotionPrompt("stand still", kDuration).liveliness(), 0.5);
  EXPECT_GT(MotionPrompt("very energetic", kDuration).liveliness(), 1.2);
  EXPECT_EQ(MotionPrompt("", kDuration).liveliness(), 1);
}

TEST(MotionPrompt, WhatIsNotUnderstoodHasNoEffectAndIsNotNamed) {
  const MotionPrompt prompt("juggle three burning torches; \xff\xfe \x01", kDuration);
  EXPECT_TRUE(prompt.understood().empty());
  Pose pose;
  prompt.apply(1, pose);
  EXPECT_EQ(pose, Pose());
}

}  // namespace
}  // namespace understudy::avatar
