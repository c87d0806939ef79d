#include "money/credit_prices.h"

#include <gtest/gtest.h>

#include "money/ledger.h"

namespace understudy::money {
namespace {

TEST(CreditPrices, AreTheDefaultsPerSecondAndPerCall) {
  const auto& book = credit_prices_version_1();
  const auto credits = [&](std::string_view item, std::int64_t quantity) {
    return to_text(charge(book.find(item).value(), {quantity}));
  };
  EXPECT_EQ(credits("avatar_video.avatar_iv.studio_avatar", 10'000), "1");
  EXPECT_EQ(credits("avatar_video.avatar_v.digital_twin", 1000), "0.1");
  EXPECT_EQ(credits("avatar_video.avatar_iii.studio_avatar", 1000), "0.0033");
  EXPECT_EQ(credits("video_agent.prompt_to_video", 1000), "0.0667");
  EXPECT_EQ(credits("video_translation.precision.lip_sync", 1000), "0.1");
  EXPECT_EQ(credits("lipsync.speed", 1000), "0.05");
  EXPECT_EQ(credits("speech.starfish", 1000), "0.000333");
  EXPECT_EQ(credits("realtime.session", 60'000), "3");
  EXPECT_EQ(credits("avatar_creation.photo_avatar", 1), "1");
}

TEST(CreditPrices, HaveOnlyItemsOfTheDollarBookInTheSameUnit) {
  for (const auto& price : credit_prices_version_1().rows()) {
    const auto in_dollars = PriceBook::version_1().find(price.item);
    ASSERT_TRUE(in_dollars) << price.item;
    EXPECT_EQ(in_dollars->unit, price.unit) << price.item;
  }
}

TEST(CreditPrices, AJobFindsTheBookItWasPricedWith) {
  EXPECT_EQ(PriceBook::of_version(credit_prices_version_1().version()).value(),
            &credit_prices_version_1());
  EXPECT_TRUE(is_credit_version(credit_prices_version_1().version()));
  EXPECT_FALSE(is_credit_version(PriceBook::version_1().version()));
}

TEST(Offer, DependsOnTheWalletThatPays) {
  const auto& book = PriceBook::version_1();
  const auto item = "avatar_video.avatar_iv.studio_avatar";
  EXPECT_EQ(offer(book, "", item)->version, 1);
  EXPECT_EQ(offer(book, "ann", item)->version, 1);
  EXPECT_EQ(offer(book, credits_wallet("ann"), item)->version, 1001);
  EXPECT_EQ(offer(book, credits_wallet("ann"), "cinematic_avatar.video").error().code,
            ErrorCode::plan_upgrade_required);
  EXPECT_EQ(offer(book, "ann", "nothing").error().code, ErrorCode::invalid_parameter);
  EXPECT_EQ(offer(book, credits_wallet("ann"), "nothing").error().code,
            ErrorCode::invalid_parameter);
}

TEST(Offer, ItsFormulaSpeaksOfCredits) {
  const auto price = offer(PriceBook::version_1(), credits_wallet("a"), "lipsync.speed")->price;
  EXPECT_EQ(credit_formula(price, {4520}),
            "floor(50000000 x 4520 ms / 1000 ms) nano-credits = 0.226 credits");
}

}  // namespace
}  // namespace understudy::money
