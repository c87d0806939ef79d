#include "money/price_book.h"

#include <limits>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "money/unpriced.h"

namespace understudy::money {
namespace {

// The tables of the published self-serve pricing page, copied as it writes them.
constexpr std::string_view kPage = R"(
### Video Generation — Avatar V
| Avatar Type  | 720p / 1080p   |
| ------------ | -------------- |
| Digital Twin | \$0.0667 / sec |
### Video Generation — Avatar IV
| Avatar Type   | 720p / 1080p   |
| ------------- | -------------- |
| Photo Avatar  | \$0.05 / sec   |
| Digital Twin  | \$0.0667 / sec |
| Studio Avatar | \$0.0667 / sec |
### Video Generation — Avatar III
| Avatar Type   | 720p / 1080p   |
| ------------- | -------------- |
| Digital Twin  | \$0.0167 / sec |
| Studio Avatar | \$0.0167 / sec |
| Photo Avatar  | \$0.0433 / sec |
### Cinematic Avatar
| Item                   | Rate           |
| ---------------------- | -------------- |
| Cinematic Avatar video | \$7.00 / video |
### Avatar Realtime
| Feature                 | Rate         |
| ----------------------- | ------------ |
| Avatar Realtime session | \$0.05 / sec |
### Video Agent
| Feature         | Rate           |
| --------------- | -------------- |
| Prompt to Video | \$0.0333 / sec |
### HyperFrames
| Resolution / Frame Rate | Rate         |
| ----------------------- | ------------ |
| 1080p / 30 fps          | \$0.10 / min |
| 1080p / 60 fps          | \$0.20 / min |
| 4K / 30 fps             | \$0.15 / min |
| 4K / 60 fps             | \$0.30 / min |
### Video Translation
| Mode                 | Rate           |
| -------------------- | -------------- |
| Speed — Audio Only   | \$0.0333 / sec |
| Speed — Lip Sync     | \$0.0333 / sec |
| Precision — Lip Sync | \$0.0667 / sec |
### Lipsync
| Mode      | Rate           |
| --------- | -------------- |
| Speed     | \$0.0333 / sec |
| Precision | \$0.0667 / sec |
### AI Clipping
| Item           | Rate          |
| -------------- | ------------- |
| Highlight clip | \$0.15 / clip |
### Text-to-Speech
| Model             | Rate             |
| ----------------- | ---------------- |
| Speech — Starfish | \$0.000667 / sec |
### Avatar Creation
| Operation    | Rate            |
| ------------ | --------------- |
| Digital Twin | \$1.00 per call |
| Photo Avatar | \$1.00 per call |
)";

using Line = std::vector<std::string>;  // {heading} or {first column, second column}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// Headings and table rows of a page, without its padding, rulers and escapes.
std::vector<Line> lines_of(std::string_view page) {
  std::vector<Line> lines;
  while (!page.empty()) {
    const auto end = std::min(page.find('\n'), page.size());
    std::string text(page.substr(0, end));
    page.remove_prefix(std::min(end + 1, page.size()));
    std::erase(text, '\\');
    if (text.starts_with("### ")) lines.push_back({text.substr(4)});
    if (!text.starts_with("| ") || text.starts_with("| --")) continue;
    const auto bar = text.find('|', 1);
    lines.push_back({trimmed(std::string_view(text).substr(1, bar - 1)),
                     trimmed(std::string_view(text).substr(bar + 1, text.size() - bar - 2))});
  }
  return lines;
}

TEST(PriceBook, PrintsThePublishedPageBack) {
  EXPECT_EQ(lines_of(to_page_text(PriceBook::version_1())), lines_of(kPage));
}

TEST(PriceBook, HasOneRowPerItem) {
  std::set<std::string_view> items;
  for (const Price& price : PriceBook::version_1().rows()) {
    EXPECT_TRUE(items.insert(price.item).second) << price.item;
    EXPECT_EQ(PriceBook::version_1().find(price.item).value().rate, price.rate);
  }
  EXPECT_EQ(items.size(), 23u);
}

TEST(PriceBook, SaysWhenNothingIsSoldUnderAName) {
  EXPECT_EQ(PriceBook::version_1().find("avatar_video").error().code, ErrorCode::invalid_parameter);
  EXPECT_FALSE(PriceBook::of_version(2));
}

TEST(PriceBook, RefusesAnItemTwiceAndANegativeRate) {
  const Price good{.item = "a", .heading = "", .row = "", .rate = Money{1}};
  EXPECT_TRUE(PriceBook::make(2, {good}));
  EXPECT_FALSE(PriceBook::make(2, {good, good}));
  EXPECT_FALSE(PriceBook::make(2, {{.item = "a", .heading = "", .row = "", .rate = Money{-1}}}));
}

TEST(Charge, IsTheFloorOfTheExactQuotient) {
  std::mt19937_64 random(11);
  for (const Price& price : PriceBook::version_1().rows()) {
    for (int i = 0; i < 500; ++i) {
      const auto amount = static_cast<std::int64_t>(random() % 40'000'000);
      const auto per = std::max<std::int64_t>(price.per_ms(), 1);
      const std::int64_t exact_times_per = price.rate.nano_usd / 100 * amount;  // rates end in 00
      const std::int64_t nano = charge(price, {amount}).nano_usd;
      EXPECT_LE(nano / 100 * per, exact_times_per);
      EXPECT_GT((nano / 100 + 1) * per, exact_times_per);
    }
  }
}

TEST(Charge, NeverFallsWhenMoreIsDelivered) {
  std::mt19937_64 random(13);
  for (Price price : PriceBook::version_1().rows()) {
    for (const std::int64_t quantum : {1, 1000}) {
      price.quantum_ms = quantum;
      for (int i = 0; i < 200; ++i) {
        const auto less = static_cast<std::int64_t>(random() % 10'000'000);
        const auto more = less + static_cast<std::int64_t>(random() % 5'000);
        EXPECT_LE(charge(price, {less}), charge(price, {more}));
      }
    }
  }
}

TEST(Charge, OfNothingIsNothing) {
  for (const Price& price : PriceBook::version_1().rows()) EXPECT_EQ(charge(price, {0}), Money{});
}

TEST(Charge, BillsWholeMultiplesOfTheQuantumRoundedDown) {
  Price price = PriceBook::version_1().find("speech.starfish").value();
  price.quantum_ms = 1000;
  EXPECT_EQ(charge(price, {999}), Money{});
  EXPECT_EQ(charge(price, {2'999}).nano_usd, 2 * 667'000);
}

TEST(Charge, StopsAtTheLargestAmountInsteadOfWrapping) {
  const Price price = PriceBook::version_1().find("cinematic_avatar.video").value();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(charge(price, {kMax}).nano_usd, kMax);
}

TEST(Formula, ShowsAllThatTheChargeIsMadeOf) {
  const auto& book = PriceBook::version_1();
  EXPECT_EQ(formula(book.find("avatar_video.avatar_iv.studio_avatar").value(), {4520}),
            "floor(66700000 x 4520 ms / 1000 ms) nano-USD = 0.301484 USD");
  EXPECT_EQ(formula(book.find("clipping.highlight_clip").value(), {3}),
            "150000000 x 3 clips nano-USD = 0.45 USD");
}

TEST(PriceBook, WhatHasNoRateIsNamedUntilABookHasOne) {
  const auto without = unpriced(PriceBook::version_1());
  ASSERT_EQ(without.size(), 1U);
  EXPECT_EQ(without.front().item, "background_removal.video");
  EXPECT_FALSE(without.front().reason.empty());
  std::vector<Price> rows(PriceBook::version_1().rows().begin(),
                          PriceBook::version_1().rows().end());
  rows.push_back(rows.front());
  rows.back().item = "background_removal.video";
  EXPECT_TRUE(unpriced(PriceBook::make(2, rows).value()).empty());
}

}  // namespace
}  // namespace understudy::money
