#include "accounts/plan.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json.h"

namespace understudy::accounts {
namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t k2026Jan31 = 1'769'817'600'000;  // midnight UTC

std::string day(std::int64_t time_ms) { return iso8601(time_ms).substr(0, 10); }

money::Money credits(std::int64_t whole) { return {whole * kNanoPerCredit}; }

TEST(PlanMonth, BeginsOnTheResetDayOrTheDayOfJoining) {
  const auto fixed = plan_month(15, 0, k2026Jan31);
  EXPECT_EQ(day(fixed.start_ms), "2026-01-15");
  EXPECT_EQ(day(fixed.end_ms), "2026-02-15");
  const auto own = plan_month(0, k2026Jan31, k2026Jan31 + kDayMs);
  EXPECT_EQ(day(own.start_ms), "2026-01-31");
  EXPECT_EQ(day(own.end_ms), "2026-02-28");  // a shorter month
  const auto next = plan_month(0, k2026Jan31, own.end_ms);
  EXPECT_EQ(day(next.start_ms), "2026-02-28");
  EXPECT_EQ(day(next.end_ms), "2026-03-31");
}

TEST(PlanMonth, EveryMomentIsInOneMonthAndMonthsMeet) {
  for (int reset_day = 0; reset_day <= 28; ++reset_day) {
    for (std::int64_t now = k2026Jan31; now < k2026Jan31 + 800 * kDayMs; now += kDayMs / 2 + 7) {
      const auto month = plan_month(reset_day, k2026Jan31, now);
      ASSERT_LE(month.start_ms, now);
      ASSERT_GT(month.end_ms, now);
      ASSERT_EQ(plan_month(reset_day, k2026Jan31, month.end_ms).start_ms, month.end_ms);
      ASSERT_EQ(plan_month(reset_day, k2026Jan31, month.start_ms - 1).end_ms, month.start_ms);
    }
  }
}

TEST(Allocation, IsOncePerMonthAndEndsWithIt) {
  const Plan plan{.name = "pro", .premium_credits = 2000, .reset_day = 1};
  const AccountPlan account{.account_id = "ann", .plan = "pro", .joined_at_ms = k2026Jan31};
  const auto due = allocations_due(plan, account, {}, k2026Jan31);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].credits, credits(2000));
  EXPECT_EQ(due[0].reference, "plan:ann:2026-01-01:premium:2000");
  EXPECT_EQ(day(due[0].expires_at_ms), "2026-02-01");
  EXPECT_LT(due[0].priority, kAddOnPriority);
  EXPECT_EQ(allocations_due(plan, account, {}, k2026Jan31 + 1)[0].reference, due[0].reference);
  EXPECT_TRUE(allocations_due(plan, account, {.premium = credits(2000), .overage = {}}, k2026Jan31)
                  .empty());
}

TEST(Allocation, ALargerPlanBringsTheDifferenceASmallerTakesNothing) {
  const Plan larger{.name = "pro", .premium_credits = 2000};
  const Plan smaller{.name = "creator", .premium_credits = 200};
  const AccountPlan account{.account_id = "ann", .joined_at_ms = k2026Jan31};
  EXPECT_EQ(allocations_due(larger, account, {.premium = credits(200), .overage = {}}, k2026Jan31)
                .at(0)
                .credits,
            credits(1800));
  EXPECT_TRUE(
      allocations_due(smaller, account, {.premium = credits(2000), .overage = {}}, k2026Jan31)
          .empty());
}

TEST(Allocation, UsageBasedAccountsGetIncludedCreditsAndThenTheirCap) {
  AccountPlan account{.account_id = "ann",
                      .joined_at_ms = k2026Jan31,
                      .is_usage_based = true,
                      .included_credits = 4444,
                      .overage_rate = {10'000'000},  // 0.01 USD
                      .cap = money::Money{100'000'000'000}};
  const Plan plan{.name = "enterprise", .premium_credits = 7};
  const auto due = allocations_due(plan, account, {}, k2026Jan31);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].credits, credits(4444));
  EXPECT_EQ(due[1].credits, credits(10'000));
  EXPECT_LT(due[0].priority, due[1].priority);
  EXPECT_EQ(overage_cost(due[1].credits, account.overage_rate), *account.cap);
  // A larger cap brings the difference.
  account.cap = money::Money{150'000'000'000};
  const Brought first{.premium = credits(4444), .overage = credits(10'000)};
  ASSERT_EQ(allocations_due(plan, account, first, k2026Jan31).size(), 1u);
  EXPECT_EQ(allocations_due(plan, account, first, k2026Jan31)[0].credits, credits(5'000));
  // A smaller one takes back what is beyond it, and so does the end of these terms.
  account.cap = money::Money{20'000'000'000};
  const auto back = allocations_due(plan, account, first, k2026Jan31);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].credits, credits(2'000) - credits(10'000));
  account.is_usage_based = false;
  EXPECT_EQ(allocations_due(plan, account, first, k2026Jan31).at(0).credits,
            money::Money{} - credits(10'000));
  account.is_usage_based = true;
  // The same cap again is another step.
  account.cap = money::Money{100'000'000'000};
  const Brought second{.premium = credits(4444), .overage = credits(2'000), .overage_steps = 2};
  EXPECT_NE(allocations_due(plan, account, second, k2026Jan31).at(0).reference, due[1].reference);
  account.cap = money::Money{};
  EXPECT_EQ(allocations_due(plan, account, {}, k2026Jan31).size(), 1u);
  account.cap.reset();
  EXPECT_EQ(allocations_due(plan, account, {}, k2026Jan31).at(1).credits,
            credits(kOverageCreditsMax));
}

TEST(Overage, NeverCostsMoreThanTheCap) {
  AccountPlan account{.account_id = "ann", .is_usage_based = true};
  for (const std::int64_t rate : {1, 3, 8'330'000, 7'500'000, 6'670'000, 999'999'999}) {
    for (const std::int64_t cap : {0LL, 1LL, 42'500'000'000LL, 99'999'999'999LL}) {
      account.overage_rate = {rate};
      account.cap = money::Money{cap};
      EXPECT_LE(overage_cost(overage_credits(account), account.overage_rate), *account.cap);
    }
  }
}

TEST(Limits, OfTheFreePlanAreToldWithWhenTheyEnd) {
  const auto plans = default_plans();
  const Plan& free = *find_plan(plans, "free");
  const auto month = plan_month(1, 0, k2026Jan31);
  EXPECT_TRUE(check_limits(free, {.videos_this_month = 2, .video_duration_ms = 60'000}, month));
  const auto many = check_limits(free, {.videos_this_month = 3, .video_duration_ms = 1}, month);
  EXPECT_EQ(many.error().code, ErrorCode::trial_limit_exceeded);
  EXPECT_EQ(int_or(*many.error().extra, "limit", 0), 3);
  EXPECT_TRUE(string_or(*many.error().extra, "resets_at").starts_with("2026-02-01T"));
  EXPECT_EQ(
      check_limits(free, {.videos_this_month = 0, .video_duration_ms = 60'001}, month).error().code,
      ErrorCode::trial_limit_exceeded);
  EXPECT_TRUE(check_limits(*find_plan(plans, "pro"),
                           {.videos_this_month = 1'000'000, .video_duration_ms = INT64_MAX},
                           month));
}

TEST(Plans, HaveTheNamesAndTheConcurrencyOfTheContract) {
  const auto plans = default_plans();
  for (const auto& name : plan_names()) ASSERT_NE(find_plan(plans, name), nullptr) << name;
  EXPECT_EQ(find_plan(plans, "gold"), nullptr);
  EXPECT_EQ(concurrency_of(*find_plan(plans, "free"), false), 10);
  EXPECT_EQ(concurrency_of(*find_plan(plans, "free"), true), 3);
}

}  // namespace
}  // namespace understudy::accounts
