// The rules: layers, limits, prices.
#include "products/background_removals/background_removals.h"

#include <gtest/gtest.h>

namespace understudy::background_removals {
namespace {

json::object body_with(json::object more) {
  json::object body{{"video", json::object{{"type", "asset_id"}, {"asset_id", "a"}}}};
  for (auto& member : more) body[member.key()] = member.value();
  return body;
}

TEST(BackgroundRemovals, MakesAllLayersUnlessSomeAreNamed) {
  EXPECT_EQ(parse(body_with({}))->layers, all_layers());
  const auto some = parse(body_with({{"layers", json::array{"mask", "foreground"}}}));
  EXPECT_EQ(some->layers, (std::vector<std::string>{"foreground", "mask"}));
}

TEST(BackgroundRemovals, RefusesWhatCannotBeCut) {
  const auto facts = [](int width, std::int64_t duration_ms) {
    return json::object{
        {"width", width}, {"height", 360}, {"fps", 29.97}, {"duration_ms", duration_ms}};
  };
  const auto film = film_of(facts(641, 2000));
  ASSERT_TRUE(film);
  EXPECT_EQ(film->width, 640);
  EXPECT_EQ(film->fps, 30);
  EXPECT_EQ(film->frames, 60);
  EXPECT_EQ(film_of(facts(4096, 2000)).error().param, "video");
  EXPECT_EQ(film_of(facts(32, 2000)).error().code, ErrorCode::invalid_parameter);
  EXPECT_EQ(film_of(facts(640, kDurationMaxMs + 1)).error().code, ErrorCode::video_too_long);
  const Film again = film_from(to_json(*film));
  EXPECT_EQ(again.frames, film->frames);
  EXPECT_EQ(again.width, film->width);
}

TEST(BackgroundRemovals, AreFreeUntilAPriceBookSellsThem) {
  const auto free_line = price_line(money::PriceBook::version_1(), 2000);
  EXPECT_EQ(money::charge(money::PriceBook::version_1(), free_line)->nano_usd, 0);
  auto rows = std::vector<money::Price>(money::PriceBook::version_1().rows().begin(),
                                        money::PriceBook::version_1().rows().end());
  money::Price row = rows.front();
  row.item = kPriceItem;
  row.rate = money::Money{10'000'000};
  rows.push_back(row);
  const auto book = money::PriceBook::make(2, rows);
  EXPECT_EQ(money::charge(*book, price_line(*book, 2000))->nano_usd, 20'000'000);
}

}  // namespace
}  // namespace understudy::background_removals
