#include "money/top_up.h"

#include <gtest/gtest.h>

namespace understudy::money {
namespace {

Money usd(std::string_view text) { return parse_usd(text).value(); }

TEST(TopUp, IsWholeCentsBetweenTheLimits) {
  const TopUpLimits limits;
  for (const char* good : {"5", "5.01", "10000"}) {
    EXPECT_TRUE(check_top_up(usd(good), limits, "amount_usd")) << good;
  }
  for (const char* bad : {"4.99", "0", "-5", "10000.01", "5.001", "5.000000001", "9000000000"}) {
    const auto refused = check_top_up(usd(bad), limits, "amount_usd");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().param, "amount_usd");
  }
}

TEST(TopUp, CentsAndMoneyAreTheSameAmount) {
  for (const std::int64_t amount : {0L, 1L, 500L, 999'999L, 123'456'789L}) {
    EXPECT_EQ(cents(from_cents(amount)), amount);
  }
  EXPECT_EQ(from_cents(550), usd("5.5"));
  EXPECT_GT(from_cents(INT64_MAX), Money{});  // saturates
}

TEST(TopUp, PaidIsFinalAndWins) {
  const TopUpState all[] = {TopUpState::creating, TopUpState::open,   TopUpState::processing,
                            TopUpState::paid,     TopUpState::failed, TopUpState::expired};
  const PaymentOutcome outcomes[] = {PaymentOutcome::pending, PaymentOutcome::paid,
                                     PaymentOutcome::failed, PaymentOutcome::expired};
  for (const auto state : all) {
    EXPECT_EQ(next_state(state, PaymentOutcome::paid), TopUpState::paid);
    EXPECT_EQ(top_up_state_from(to_string(state)), state);
    for (const auto outcome : outcomes) {
      EXPECT_EQ(next_state(TopUpState::paid, outcome), TopUpState::paid);
      // What has ended begins again by a payment only.
      const auto next = next_state(state, outcome);
      if (!is_pending(state)) {
        EXPECT_TRUE(next == state || next == TopUpState::paid);
      }
    }
  }
}

TEST(TopUp, OnlyTheExactAmountInDollarsIsAsAsked) {
  TopUp top_up;
  top_up.amount = usd("10");
  EXPECT_TRUE(is_as_asked(top_up, {.amount_cents = 1000, .currency = "usd"}));
  EXPECT_FALSE(is_as_asked(top_up, {.amount_cents = 999, .currency = "usd"}));
  EXPECT_FALSE(is_as_asked(top_up, {.amount_cents = 1001, .currency = "usd"}));
  EXPECT_FALSE(is_as_asked(top_up, {.amount_cents = 1000, .currency = "jpy"}));
}

TEST(Reversal, OnlyAWonDisputeGoesBack) {
  const ReversalStage all[] = {ReversalStage::none, ReversalStage::taken, ReversalStage::lost,
                               ReversalStage::given_back};
  for (const auto stage : all) {
    EXPECT_EQ(reversal_stage_from(to_string(stage)), stage);
    EXPECT_EQ(next_stage(stage, ReversalStage::given_back), ReversalStage::given_back);
    EXPECT_EQ(next_stage(ReversalStage::given_back, stage), ReversalStage::given_back);
    EXPECT_EQ(next_stage(stage, ReversalStage::none), stage);
  }
  EXPECT_EQ(next_stage(ReversalStage::lost, ReversalStage::taken), ReversalStage::lost);
}

TEST(Polling, BacksOffAndEnds) {
  std::int64_t total_ms = 0;
  std::int64_t last_ms = 0;
  int polls = 0;
  while (const auto delay = poll_delay_ms(polls, 60'000)) {
    EXPECT_GE(*delay, last_ms);
    EXPECT_LE(*delay, 6 * 3'600'000);
    last_ms = *delay;
    total_ms += last_ms;
    ASSERT_LT(++polls, 1000);
  }
  EXPECT_GT(total_ms, 14LL * 86'400'000);  // a slow bank transfer is still found
  EXPECT_LT(total_ms, 31LL * 86'400'000);
}

class ReloadDecisionTest : public ::testing::Test {
 protected:
  ReloadDecision decide() { return decide_reload(settings, situation, 1'000); }
  AutoReload settings{.is_enabled = true, .threshold = usd("5"), .amount = usd("20")};
  ReloadSituation situation{.available = usd("4")};
};

TEST_F(ReloadDecisionTest, StartsBelowTheThresholdOnly) {
  EXPECT_EQ(decide(), ReloadDecision::start);
  situation.available = usd("5");
  EXPECT_EQ(decide(), ReloadDecision::nothing);
  situation.available = usd("4.999999999");
  EXPECT_EQ(decide(), ReloadDecision::start);
}

TEST_F(ReloadDecisionTest, WaitsForTheOneThatIsOnItsWay) {
  situation.pending = usd("0.01");
  EXPECT_EQ(decide(), ReloadDecision::nothing);
}

TEST_F(ReloadDecisionTest, StaysWithinTheMonth) {
  settings.monthly_limit = usd("40");
  situation.this_month = usd("20");
  EXPECT_EQ(decide(), ReloadDecision::start);
  situation.this_month = usd("20.01");
  EXPECT_EQ(decide(), ReloadDecision::over_monthly_limit);
}

TEST_F(ReloadDecisionTest, PausesAfterADeclineAndWhenSwitchedOff) {
  settings.blocked_until_ms = 1'001;
  EXPECT_EQ(decide(), ReloadDecision::nothing);
  settings.blocked_until_ms = 1'000;
  EXPECT_EQ(decide(), ReloadDecision::start);
  settings.is_enabled = false;
  EXPECT_EQ(decide(), ReloadDecision::nothing);
}

TEST(Month, BeginsAtMidnightOfTheFirstUtc) {
  EXPECT_EQ(month_start_ms(1'795'305'600'000), 1'793'491'200'000);  // 2026-11-22 -> 2026-11-01
  EXPECT_EQ(month_start_ms(1'793'491'200'000), 1'793'491'200'000);
  EXPECT_EQ(month_start_ms(1'793'491'199'999), 1'790'812'800'000);  // 2026-10-31 -> 2026-10-01
}

}  // namespace
}  // namespace understudy::money
