#include "avatar/mouth_style.h"

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
    EXPECT_EQ(style_of(std::span(&footage, 1)), style);
  }
}

TEST(MouthStyle, FootageWithoutSoundSaysNothing) {
  const auto track = seen(spoken(), MouthStyle::clear);
  MouthFootage footage;
  footage.track = &track;
  EXPECT_EQ(style_of(std::span(&footage, 1)), MouthStyle::filmed);
}

}  // namespace
}  // namespace understudy::avatar
