#include "products/hyperframes/hyperframes.h"

#include <gtest/gtest.h>

#include "api/job_json.h"
#include "money/price_book.h"
#include "products/hyperframes/hyperframes_json.h"
#include "products/hyperframes/hyperframes_worker.h"

namespace understudy::hyperframes {
namespace {

json::object body(json::object more = {}) {
  json::object made{{"project", json::object{{"type", "asset_id"}, {"asset_id", "a1"}}}};
  for (const auto& [key, value] : more) made[key] = value;
  return made;
}

TEST(Hyperframes, ARequestHasTheContractsDefaults) {
  const auto request = parse(body());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->composition, "index.html");
  EXPECT_EQ(request->fps, 30);
  EXPECT_EQ(request->quality, "standard");
  EXPECT_EQ(request->format, "mp4");
  EXPECT_EQ(request->resolution, "1080p");
  EXPECT_EQ(request->project.asset_id, "a1");
}

TEST(Hyperframes, NullStandsForTheDefault) {
  const auto request =
      parse(body({{"fps", nullptr}, {"composition", nullptr}, {"variables", nullptr}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->fps, 30);
  EXPECT_EQ(request->composition, "index.html");
}

TEST(Hyperframes, TransparentVideoIsNotMadeIn4k) {
  for (const char* format : {"webm", "mov"}) {
    const auto request = parse(body({{"resolution", "4k"}, {"format", format}}));
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, ErrorCode::invalid_parameter);
    EXPECT_EQ(request.error().param, "resolution");
  }
  EXPECT_TRUE(parse(body({{"resolution", "4k"}})));
}

TEST(Hyperframes, TheFourPricesAreThoseOfResolutionAndFrameRate) {
  const auto item = [](const char* resolution, int fps) {
    Request request;
    request.resolution = resolution;
    request.fps = fps;
    return price_item(request);
  };
  EXPECT_EQ(item("1080p", 1), "hyperframes.1080p30");
  EXPECT_EQ(item("1080p", 30), "hyperframes.1080p30");
  EXPECT_EQ(item("1080p", 31), "hyperframes.1080p60");
  EXPECT_EQ(item("1080p", 240), "hyperframes.1080p60");
  EXPECT_EQ(item("4k", 24), "hyperframes.4k30");
  EXPECT_EQ(item("4k", 60), "hyperframes.4k60");
  for (const auto* resolution : {"1080p", "4k"}) {
    for (const int fps : {30, 60}) {
      EXPECT_TRUE(money::PriceBook::version_1().find(item(resolution, fps)));
    }
  }
}

TEST(Hyperframes, WhatIsBilledIsTheFramesInWholeMilliseconds) {
  EXPECT_EQ(billable_ms(30, 30), 1000);
  EXPECT_EQ(billable_ms(100, 30), 3333);
  EXPECT_EQ(billable_ms(1, 240), 4);
}

TEST(Hyperframes, ShapesAndSizes) {
  EXPECT_EQ(canvas_size("1080p", "9:16").width, 1080);
  EXPECT_EQ(canvas_size("4k", "9:16").height, 3840);
  EXPECT_EQ(canvas_size("4k", "1:1").width, 2160);
  EXPECT_EQ(aspect_ratio_of(1280, 720), "16:9");
  EXPECT_EQ(aspect_ratio_of(1080, 1920), "9:16");
  EXPECT_EQ(aspect_ratio_of(0, 0), "16:9");
  EXPECT_EQ(aspect_ratio_of(800, 600), "");
}

TEST(Hyperframes, AJobCarriesWhatItsRenderNeedsAndNoMore) {
  auto request = parse(body({{"variables", json::object{{"a", 1}}},
                             {"callback_url", "https://x.test/y"},
                             {"title", "T"},
                             {"fps", 60},
                             {"format", "webm"}}));
  ASSERT_TRUE(request);
  const auto document = to_json(*request);
  EXPECT_FALSE(document.contains("callback_url"));
  EXPECT_FALSE(document.contains("project"));
  const auto read = from_json(document);
  EXPECT_EQ(read.variables.at("a"), 1);
  EXPECT_EQ(read.fps, 60);
  EXPECT_TRUE(read.has_alpha());
}

TEST(Hyperframes, QualitiesAreEncoderSettings) {
  Request request;
  const auto crf = [&](const char* quality) {
    request.quality = quality;
    return video_options(request, {}).crf;
  };
  EXPECT_GT(crf("draft"), crf("standard"));
  EXPECT_GT(crf("standard"), crf("high"));
}

TEST(Hyperframes, StatesAreTheContracts) {
  EXPECT_EQ(api::status_of(kKind, jobs::JobState::queued), "queued");
  EXPECT_EQ(api::status_of(kKind, jobs::JobState::running), "rendering");
  EXPECT_EQ(api::status_of(kKind, jobs::JobState::completed), "completed");
  EXPECT_EQ(api::status_of(kKind, jobs::JobState::cancelled), "failed");
}

}  // namespace
}  // namespace understudy::hyperframes
