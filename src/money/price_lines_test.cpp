#include "money/price_lines.h"

#include <gtest/gtest.h>

namespace understudy::money {
namespace {

const std::vector<PriceLine> kScenes = {
    {"avatar_video.avatar_iv.studio_avatar", 4520}, {"", 3000}, {"speech.starfish", 1999}};

TEST(PriceLines, AJobCostsTheSumOfItsLinesEachRoundedByItself) {
  const auto& book = PriceBook::version_1();
  Money sum;
  for (const auto& line : kScenes) sum = sum + charge(book, line).value();
  EXPECT_EQ(charge(book, kScenes).value(), sum);
  EXPECT_EQ(sum.nano_usd, 4520 * 66'700'000LL / 1000 + 1999 * 667'000LL / 1000);
  EXPECT_EQ(charge(book, kScenes[1]).value(), Money{});
}

TEST(PriceLines, TheFormulaCanBeAddedUp) {
  EXPECT_EQ(formula(PriceBook::version_1(), kScenes, "USD"),
            "0.301484 + 0.001333333 = 0.302817333 USD");
  EXPECT_EQ(formula(PriceBook::version_1(), std::vector<PriceLine>{{"", 5}}, "USD"), "0 USD");
  EXPECT_EQ(formula(PriceBook::version_1(), std::span(kScenes).first(2), "USD"), "0.301484 USD");
}

TEST(PriceLines, WhatNoBookSellsIsRefused) {
  const std::vector<PriceLine> strange = {{"gold", 1}};
  EXPECT_EQ(charge(PriceBook::version_1(), strange).error().code, ErrorCode::invalid_parameter);
  const std::vector<PriceLine> negative = {{"speech.starfish", -1}};
  EXPECT_EQ(charge(PriceBook::version_1(), negative).error().code, ErrorCode::invalid_parameter);
}

TEST(PriceLines, EveryPartNeedsItsQuantity) {
  const std::vector<std::int64_t> two = {1, 2};
  EXPECT_EQ(with_quantities(kScenes, two).error().code, ErrorCode::invalid_parameter);
  const std::vector<std::int64_t> three = {1, 2, 3};
  EXPECT_EQ(with_quantities(kScenes, three).value()[2], (PriceLine{"speech.starfish", 3}));
}

TEST(PriceLines, TheyAreReadAsTheyWereWritten) {
  EXPECT_EQ(price_lines_from(to_text(kScenes)).value(), kScenes);
  EXPECT_TRUE(price_lines_from(to_text(std::vector<PriceLine>{})).value().empty());
  EXPECT_FALSE(price_lines_from("{}"));
  EXPECT_FALSE(price_lines_from("[1]"));
}

}  // namespace
}  // namespace understudy::money
