// A film as an endless one: what is shown follows what was shown, talks with the speech, and what
// is not to be seen is not shown.
#include "avatar/film_loop.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "avatar/film_join.h"
#include "avatar/film_moments.h"

namespace understudy::avatar {
namespace {

constexpr int kCount = 500;

// Somebody whose head sways, who talks from picture 100 to 200 and from 300 to 400. The picture's
// grey tells where the head is.
std::vector<FilmMoment> swaying(int count = kCount) {
  std::vector<FilmMoment> moments;
  for (int i = 0; i < count; ++i) {
    FilmMoment moment;
    const double sway = 0.4 * std::sin(i * 2 * std::numbers::pi / 97) + 0.1 * std::sin(i * 0.31);
    moment.head = {static_cast<float>(sway), 0, 3, static_cast<float>(sway * 0.4), 0, 0};
    moment.look.assign(FilmMoment::kLookWidth * FilmMoment::kLookHeight,
                       static_cast<std::uint8_t>(120 + 40 * sway));
    moment.eyes.assign(FilmMoment::kEyesWidth * FilmMoment::kEyesHeight, 90);
    moment.is_talking = i / 100 % 2 == 1;
    moments.push_back(std::move(moment));
  }
  return moments;
}

std::vector<bool> speaking(const std::vector<std::pair<int, bool>>& parts) {
  std::vector<bool> flags;
  for (const auto& [count, is_speaking] : parts)
    flags.insert(flags.end(), static_cast<std::size_t>(count), is_speaking);
  return flags;
}

// The largest difference between two pictures that follow each other and are no part of a join.
double worst_step(const std::vector<FilmMoment>& moments, const std::vector<ShownPicture>& shown) {
  double worst = 0;
  for (std::size_t t = 1; t < shown.size(); ++t) {
    if (shown[t].fading_in >= 0 || shown[t - 1].fading_in >= 0) continue;
    worst = std::max(worst, difference(moments[static_cast<std::size_t>(shown[t - 1].picture)],
                                       moments[static_cast<std::size_t>(shown[t].picture)]));
  }
  return worst;
}

int joins(const std::vector<ShownPicture>& shown) {
  int count = 0;
  for (std::size_t t = 1; t < shown.size(); ++t)
    count += std::abs(shown[t].picture - shown[t - 1].picture) > 1 ? 1 : 0;
  return count;
}

TEST(FilmLoop, GoesOnForeverWithoutAVisibleStep) {
  const auto moments = swaying();
  const auto loop = FilmLoop::learn(moments);
  const auto shown = loop.plan(speaking({{3000, true}}));
  ASSERT_EQ(shown.size(), 3000U);
  double natural = 0;
  for (int i = 1; i < kCount; ++i)
    natural = std::max(natural, difference(moments[static_cast<std::size_t>(i) - 1],
                                           moments[static_cast<std::size_t>(i)]));
  EXPECT_LE(worst_step(moments, shown), natural + 1e-6);
  // A jump looks like the film going on, and is hidden by a join of several pictures.
  for (std::size_t t = 1; t < shown.size(); ++t) {
    const int old = shown[t - 1].picture, fresh = shown[t].picture;
    if (std::abs(old - fresh) <= 1 || old + 1 >= kCount) continue;
    EXPECT_LT(difference(moments[static_cast<std::size_t>(old) + 1],
                         moments[static_cast<std::size_t>(fresh)]),
              3);
    EXPECT_GE(shown[t].fading_in, 0) << t;
    EXPECT_GT(shown[t - 1].share, 0) << t;
    EXPECT_LT(shown[t - 1].share, 0.5F) << "what comes fades in";
    EXPECT_LT(shown[t].share, 0.5F + 1e-4F) << "what was fades out";
  }
}

TEST(FilmLoop, TalksWhenSomebodySpeaksAndIdlesWhenNobodyDoes) {
  const auto loop = FilmLoop::learn(swaying());
  const auto flags = speaking({{100, false}, {300, true}, {150, false}, {250, true}});
  const auto shown = loop.plan(flags);
  int fitting = 0;
  for (std::size_t t = 0; t < shown.size(); ++t) {
    const bool is_talking = shown[t].picture / 100 % 2 == 1;
    fitting += is_talking == flags[t] ? 1 : 0;
  }
  EXPECT_GT(fitting, static_cast<int>(shown.size()) * 85 / 100);
  EXPECT_GT(joins(shown), 0);
}

TEST(FilmLoop, NeverRunsOverACut) {
  auto moments = swaying();
  for (std::size_t i = 250; i < moments.size(); ++i)
    for (auto& grey : moments[i].look) grey = static_cast<std::uint8_t>(255 - grey);
  const auto loop = FilmLoop::learn(moments);
  EXPECT_EQ(loop.cut_count(), 1);
  const auto shown = loop.plan(speaking({{2000, true}}));
  EXPECT_LT(worst_step(moments, shown), 6);
}

TEST(FilmLoop, SeesACutBetweenPicturesThatLookAlike) {
  auto moments = swaying();
  for (std::size_t i = 265; i < moments.size(); ++i) moments[i].head[1] += 0.15F;
  const auto loop = FilmLoop::learn(moments);
  EXPECT_EQ(loop.cut_count(), 1);
  EXPECT_EQ(FilmLoop::learn(swaying()).cut_count(), 0);
  EXPECT_LT(worst_step(moments, loop.plan(speaking({{2000, true}}))), 2.5);
}

TEST(FilmLoop, ABlinkIsNoCut) {
  auto moments = swaying();
  for (const std::size_t at : {50UL, 180UL, 181UL, 320UL})
    std::fill(moments[at].eyes.begin(), moments[at].eyes.end(), std::uint8_t{200});
  EXPECT_EQ(FilmLoop::learn(moments).cut_count(), 0);
}

TEST(FilmLoop, LeavesOutWhatCannotBeTrusted) {
  auto moments = swaying();
  for (std::size_t i = 130; i < 170; ++i) moments[i].is_trusted = false;
  const auto shown = FilmLoop::learn(moments).plan(speaking({{1500, true}}));
  const auto bad = std::count_if(shown.begin(), shown.end(), [](const ShownPicture& each) {
    return each.picture >= 130 && each.picture < 170;
  });
  EXPECT_LT(bad, 60);
}

TEST(FilmLoop, AWishTurnsTheHead) {
  const auto moments = swaying();
  const auto loop = FilmLoop::learn(moments);
  const auto flags = speaking({{200, true}});
  const auto mean_yaw = [&](float wish) {
    const std::vector<HeadWish> wishes(flags.size(), {.is_wished = true, .turn = {wish, 0, 0}});
    double sum = 0;
    for (const auto& shown : loop.plan(flags, wishes))
      sum += moments[static_cast<std::size_t>(shown.picture)].head[3];
    return sum / static_cast<double>(flags.size());
  };
  EXPECT_GT(mean_yaw(1), mean_yaw(-1) + 0.1);
}

TEST(FilmLoop, TheShortestFilmsLoopToo) {
  const auto loop = FilmLoop::learn(swaying(2));
  const auto shown = loop.plan(speaking({{40, true}}));
  EXPECT_EQ(shown.size(), 40U);
}

TEST(FilmLoop, TheKeptLoopIsTheLoop) {
  const auto loop = FilmLoop::learn(swaying());
  const auto again = FilmLoop::from_json(loop.to_json());
  ASSERT_TRUE(again);
  const auto flags = speaking({{100, false}, {400, true}});
  EXPECT_EQ(loop.plan(flags), again->plan(flags));
  EXPECT_FALSE(FilmLoop::from_json({}));
  auto document = loop.to_json();
  document["jumps"] = json::array{json::array{0, 9999, 1.0}};
  EXPECT_FALSE(FilmLoop::from_json(document)) << "a jump out of the film";
}

TEST(FilmMoments, ShortSilencesBelongToSpeaking) {
  const std::vector<speech::Phone> phones = {{0, 1, "pau", false},     {1, 1.5, "aa", true},
                                             {1.5, 1.7, "pau", false}, {1.7, 2.2, "m", false},
                                             {2.2, 4, "pau", false},   {4, 4.05, "t", false},
                                             {4.05, 5, "pau", false}};
  const auto flags = speaking_at(phones, 125, 25);
  EXPECT_FALSE(flags[10]);
  EXPECT_TRUE(flags[40]) << "between two words";
  EXPECT_FALSE(flags[80]);
  EXPECT_FALSE(flags[101]) << "a click is not speech";
}

// A bright square at x on dark ground.
media::Frame square_at(int x) {
  media::Frame frame = media::Frame::make(160, 96, false);
  for (int row = 30; row < 66; ++row)
    for (int column = x; column < x + 36; ++column)
      frame.y[static_cast<std::size_t>(row * 160 + column)] = 220;
  return frame;
}

TEST(FilmJoin, WhatMovedALittleIsShownOnceAndBetween) {
  const auto a = square_at(60), b = square_at(64);
  media::Frame out = media::Frame::make(160, 96, false);
  mix_pictures(a, b, 0.5, out);
  // One square from 62 to 98: its edges are as steep as in both.
  const auto at = [&](int x) {
    return static_cast<int>(out.y[static_cast<std::size_t>(48 * 160 + x)]);
  };
  EXPECT_LT(at(59), 60);
  EXPECT_GT(at(65), 180);
  EXPECT_GT(at(94), 180);
  EXPECT_LT(at(101), 60);
  mix_pictures(a, b, 0, out);
  EXPECT_EQ(out.y, a.y);
}

}  // namespace
}  // namespace understudy::avatar
