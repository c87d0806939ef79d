#include "avatar/mouth_track.h"

#include <gtest/gtest.h>

namespace understudy::avatar {
namespace {

std::vector<speech::Phone> phones_of(const std::vector<std::pair<std::string, double>>& list) {
  std::vector<speech::Phone> phones;
  double t = 0;
  for (const auto& [symbol, duration_s] : list) {
    phones.push_back({t, t + duration_s, symbol, symbol == "aa"});
    t += duration_s;
  }
  return phones;
}

TEST(MouthTrack, LipsTouchThroughEveryClosureEvenAShortOneBetweenWideVowels) {
  for (const char* closure : {"m", "b", "p"}) {
    const MouthTrack track(phones_of({{"aa", .15}, {closure, .04}, {"aa", .15}}));
    for (double t = .145; t <= .195; t += .005)
      EXPECT_EQ(track.at(t).open, 0) << closure << " at " << t;
  }
}

TEST(MouthTrack, StressedVowelsOpenWidely) {
  const MouthTrack track(
      phones_of({{"pau", .2}, {"t", .06}, {"aa", .16}, {"t", .06}, {"pau", .2}}));
  EXPECT_GT(track.at(.34).open, .6);
}

TEST(MouthTrack, RestsClosedInSilenceAndOutsideOfTheSpeech) {
  const MouthTrack track(phones_of({{"pau", .5}, {"iy", .1}, {"pau", .5}}));
  for (const double t : {-5.0, 0.0, .2, .95, 7.0}) EXPECT_EQ(track.at(t).open, 0) << t;
}

TEST(MouthTrack, OnFilmLipsPartBeforeTheVoiceAndRestInLongPausesOnly) {
  const MouthTrack track(phones_of({{"pau", 1}, {"aa", .2}, {"pau", 1}, {"iy", .1}, {"pau", 1}}),
                         MouthStyle::filmed);
  EXPECT_GT(track.at(.85).open, .1);
  EXPECT_GT(track.at(1.3).open, .1);
  for (const double t : {0.0, .4, 1.68, 2.8, 3.2}) EXPECT_EQ(track.at(t).open, 0) << t;
}

TEST(MouthTrack, OnFilmLipsStillTouchThroughEveryClosure) {
  for (const char* closure : {"m", "b", "p"}) {
    const MouthTrack track(phones_of({{"aa", .15}, {closure, .04}, {"s", .15}}),
                           MouthStyle::filmed);
    for (double t = .145; t <= .195; t += .005)
      EXPECT_EQ(track.at(t).open, 0) << closure << " at " << t;
  }
}

TEST(MouthTrack, NeighboursColourAConsonant) {
  const MouthTrack rounded(phones_of({{"uw", .12}, {"t", .06}, {"uw", .12}}));
  const MouthTrack spread(phones_of({{"iy", .12}, {"t", .06}, {"iy", .12}}));
  EXPECT_GT(spread.at(.15).width, rounded.at(.15).width + .2);
  EXPECT_GT(rounded.at(.15).pucker, spread.at(.15).pucker + .2);
}

TEST(MouthTrack, MovesWithoutJumps) {
  const MouthTrack track(phones_of({{"pau", .1},
                                    {"m", .07},
                                    {"aa", .12},
                                    {"p", .06},
                                    {"iy", .1},
                                    {"f", .08},
                                    {"ow", .14},
                                    {"pau", .2}}));
  for (double t = 0; t < .9; t += .002)
    EXPECT_LT(std::abs(track.at(t + .002).open - track.at(t).open), .09) << t;
}

TEST(MouthTrack, KnowsEveryPhoneOfTheSynthesiser) {
  using enum Viseme;
  EXPECT_EQ(viseme_of("m"), closed);
  EXPECT_EQ(viseme_of("v"), lip_teeth);
  EXPECT_EQ(viseme_of("uw"), rounded);
  EXPECT_EQ(viseme_of("aa"), open);
  EXPECT_EQ(viseme_of("iy"), spread);
  EXPECT_EQ(viseme_of("l"), lateral);
  EXPECT_EQ(viseme_of("pau"), rest);
  EXPECT_EQ(viseme_of("something new"), narrow);
}

}  // namespace
}  // namespace understudy::avatar
