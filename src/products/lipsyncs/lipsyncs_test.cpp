// The rules of requests and lengths, and which picture is shown when.
#include "products/lipsyncs/lipsyncs.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "products/lipsyncs/film_plan.h"

namespace understudy::lipsyncs {
namespace {

json::object body(json::object more = {}) {
  json::object made{{"video", json::object{{"type", "url"}, {"url", "https://a.example/v.mp4"}}},
                    {"audio", json::object{{"type", "asset_id"}, {"asset_id", "a1"}}}};
  for (const auto& [key, value] : more) made[key] = value;
  return made;
}

TEST(Lipsyncs, ARequestSurvivesTheWayToTheWorker) {
  const auto request = parse(body({{"mode", "precision"},
                                   {"enable_dynamic_duration", false},
                                   {"start_time", 1.5},
                                   {"end_time", 4},
                                   {"enable_caption", true},
                                   {"keep_the_same_format", true},
                                   {"disable_music_track", true},
                                   {"fps_mode", "vfr"},
                                   {"title", "T"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->video.url, "https://a.example/v.mp4");
  EXPECT_EQ(request->audio.asset_id, "a1");
  const Request read = from_json(to_json(*request));
  EXPECT_EQ(read.mode, Mode::precision);
  EXPECT_FALSE(read.is_duration_dynamic);
  EXPECT_EQ(read.start_s, 1.5);
  EXPECT_EQ(read.end_s, 4.0);
  EXPECT_TRUE(read.has_captions);
  EXPECT_TRUE(read.keeps_format);
  EXPECT_TRUE(read.drops_music);
  EXPECT_EQ(read.times, Times::as_filmed);
  EXPECT_EQ(read.title, "T");
  EXPECT_EQ(price_item(read), "lipsync.precision");
  EXPECT_EQ(price_item(*parse(body())), "lipsync.speed");
}

TEST(Lipsyncs, ASpanLiesWithinTheFilm) {
  const Facts facts{.video_ms = 10'000, .video_rate = 25, .audio_ms = 4'000};
  const auto refused = [&](json::object more, const char* param) {
    auto request = parse(body(std::move(more)));
    const auto span =
        request ? span_of(*request, facts) : Result<Span>(tl::make_unexpected(request.error()));
    ASSERT_FALSE(span);
    EXPECT_EQ(span.error().code, ErrorCode::invalid_parameter);
    EXPECT_EQ(span.error().param, param);
  };
  refused({{"start_time", 10}}, "start_time");
  refused({{"end_time", 10.5}}, "end_time");
  refused({{"start_time", 5}, {"end_time", 5}}, "end_time");
  refused({{"start_time", 9.9}}, "start_time");
  const auto span = span_of(*parse(body({{"start_time", 2}, {"end_time", 8.5}})), facts);
  EXPECT_DOUBLE_EQ(span->length_s(), 6.5);
}

TEST(Lipsyncs, WhatIsBilledIsTheResult) {
  const Facts facts{.video_ms = 10'000, .video_rate = {30'000, 1001}, .audio_ms = 4'010};
  EXPECT_EQ(rate_of({30'000, 1001}), media::FrameRate(30'000, 1001));
  EXPECT_EQ(rate_of(120), media::FrameRate(60));
  // 4.01 s are 121 pictures at 29.97: 4.037 s. 10 s hold 299 whole ones.
  EXPECT_EQ(estimate_ms(*parse(body()), facts).value(), 4037);
  EXPECT_EQ(estimate_ms(*parse(body({{"enable_dynamic_duration", false}})), facts).value(), 9976);
  EXPECT_EQ(
      estimate_ms(*parse(body({{"enable_dynamic_duration", false}, {"start_time", 7}})), facts)
          .value(),
      2969);
  const Facts long_film{.video_ms = kDurationMaxMs + 1, .video_rate = 25, .audio_ms = 1000};
  EXPECT_EQ(estimate_ms(*parse(body()), long_film).error().code, ErrorCode::video_too_long);
}

std::vector<double> still_in_the_middle(int count) {
  std::vector<double> still(static_cast<std::size_t>(count), 0.0);
  for (int i = count / 3; i < 2 * count / 3; ++i) still[static_cast<std::size_t>(i)] = 1;
  return still;
}

TEST(FilmPlan, GivesExactlyThePicturesThatAreAsked) {
  std::mt19937 random(5);
  std::uniform_int_distribution<int> film(1, 300), wanted(1, 1500);
  for (int round = 0; round < 300; ++round) {
    const int frames = film(random), count = wanted(random);
    const auto shows = stretch(still_in_the_middle(frames), count);
    ASSERT_EQ(static_cast<int>(shows.size()), count);
    for (std::size_t i = 0; i < shows.size(); ++i) {
      ASSERT_GE(shows[i], 0);
      ASSERT_LT(shows[i], frames);
      // No jumps but the steps of a film that runs a little faster, and never a cut.
      if (i == 0) continue;
      ASSERT_LE(std::abs(shows[i] - shows[i - 1]), 3) << frames << " to " << count;
    }
  }
}

TEST(FilmPlan, ChangesTheFilmWhereItIsStill) {
  const int frames = 90;
  for (const int count : {75, 105}) {
    const auto shows = stretch(still_in_the_middle(frames), count);
    std::vector<int> times(frames, 0);
    for (const int i : shows) ++times[static_cast<std::size_t>(i)];
    int moving = 0, still = 0;
    for (int i = 0; i < frames; ++i)
      (i >= 30 && i < 60 ? still : moving) += times[static_cast<std::size_t>(i)];
    EXPECT_NEAR(moving, 60, 4) << count;
    EXPECT_NEAR(still, count - 60, 4);
    EXPECT_EQ(shows.front(), 0);
    EXPECT_GE(shows.back(), frames - 2);
  }
  EXPECT_EQ(stretch(still_in_the_middle(3), 3), (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace understudy::lipsyncs
