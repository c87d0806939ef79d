#include "avatar/mouth_style.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace understudy::avatar {
namespace {

speech::Speech spoken() {
  speech::Speech speech;
  double t = 0;
  const auto say = [&](const char* symbol, double duration_s) {
    speech.phones.push_back({t, t + duration_s, symbol, false});
    t += duration_s;
  };
  for (int i = 0; i < 5; ++i) {
    say("pau", 0.8);
    for (const char* symbol : {"b", "ih", "g", "s", "t", "aa", "n", "m", "eh", "s", "iy", "l"})
      say(symbol, 0.09);
  }
  return speech;
}

face::FaceTrack seen(const speech::Speech& speech, MouthStyle style) {
  face::FaceTrack track;
  const MouthTrack lips(speech.phones, style);
  for (double t = 0; t < speech.phones.back().end_s; t += 1 / track.fps) {
    face::TrackedFace face;
    face.mouth_open = 0.2 * lips.at(t).open;
    face.trust = 1;
    track.frames.push_back(face);
  }
  return track;
}

TEST(MouthStyle, IsReadFromHowThePersonSpeaks) {
  const speech::Speech speech = spoken();
  for (const auto style : {MouthStyle::clear, MouthStyle::filmed}) {
    const auto track = seen(speech, style);
    MouthFootage footage;
    footage.track = &track;
    footage.heard = &speech;
    EXPECT_EQ(articulation_of(std::span(&footage, 1)).style, style);
  }
}

TEST(MouthStyle, FootageWithoutSoundSaysNothing) {
  const auto track = seen(spoken(), MouthStyle::clear);
  MouthFootage footage;
  footage.track = &track;
  EXPECT_EQ(articulation_of(std::span(&footage, 1)).style, MouthStyle::filmed);
}

// Sounds that a recogniser made up say nothing about a mouth; the loudness of the voice does.
TEST(MouthStyle, FollowsTheVoiceWhereTheSoundsAreWrong) {
  speech::Speech truth = spoken(), heard = spoken();
  const double length_s = truth.phones.back().end_s;
  face::FaceTrack track;
  track.fps = 25;
  const auto loud = [](double t) { return std::pow(std::sin(7.3 * t) * std::sin(1.9 * t), 2); };
  for (double t = 0; t < length_s; t += 1.0 / speech::kProsodyRate)
    heard.energy_db.push_back(static_cast<float>(-50 + 35 * loud(t)));
  for (double t = 0; t < length_s; t += 1 / track.fps) {
    face::TrackedFace face;
    face.mouth_open = 0.2 * loud(t);
    face.trust = 1;
    track.frames.push_back(face);
  }
  MouthFootage footage;
  footage.track = &track;
  footage.heard = &heard;
  EXPECT_GT(articulation_of(std::span(&footage, 1)).voice_share, 0.5);
  // Lips that must touch still do.
  const SpokenMouth mouth(heard, {MouthStyle::clear, 0.3});
  const auto is_b = [](const speech::Phone& phone) { return phone.symbol == "b"; };
  const auto b = std::find_if(heard.phones.begin(), heard.phones.end(), is_b);
  EXPECT_LT(mouth.at((b->start_s + b->end_s) / 2).open, 0.02);
}

}  // namespace
}  // namespace understudy::avatar
