#include "money/budget.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace understudy::money {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

std::int64_t at(std::int64_t unix_seconds) { return unix_seconds * 1000; }

TEST(BudgetWindow, ContainsItsMomentAndAdjoinsTheNext) {
  for (const auto period : {BudgetPeriod::daily, BudgetPeriod::weekly, BudgetPeriod::monthly}) {
    for (const char* zone : {"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu",
                             "Pacific/Apia", "Africa/Cairo", "America/New_York"}) {
      std::int64_t now = at(1'262'304'000);  // 2010-01-01
      for (int i = 0; i < 300; ++i) {
        const auto window = window_of(period, zone, now).value();
        ASSERT_LE(window.start_ms, now) << zone;
        ASSERT_GT(window.end_ms, now) << zone;
        ASSERT_EQ(window_of(period, zone, window.start_ms).value().start_ms, window.start_ms);
        ASSERT_EQ(window_of(period, zone, window.end_ms).value().start_ms, window.end_ms) << zone;
        now += 19 * kDayMs + 7 * kHourMs;
      }
    }
  }
}

TEST(BudgetWindow, DaysFollowTheLocalClock) {
  // 2026-03-29: Berlin goes from UTC+1 to UTC+2, the day has 23 hours.
  const auto window = window_of(BudgetPeriod::daily, "Europe/Berlin", at(1'774'778'400)).value();
  EXPECT_EQ(window.end_ms - window.start_ms, 23 * kHourMs);
  EXPECT_EQ(window.start_ms, at(1'774'738'800));  // 2026-03-28T23:00:00Z
}

TEST(BudgetWindow, WeeksBeginOnMondayAndMonthsOnTheFirst) {
  const auto wednesday = at(1'795'000'000);  // 2026-11-18T11:06:40Z
  EXPECT_EQ(window_of(BudgetPeriod::weekly, "UTC", wednesday).value().start_ms,
            at(1'794'787'200));  // 2026-11-16
  const auto month = window_of(BudgetPeriod::monthly, "UTC", wednesday).value();
  EXPECT_EQ(month.start_ms, at(1'793'491'200));  // 2026-11-01
  EXPECT_EQ(month.end_ms - month.start_ms, 30 * kDayMs);
}

TEST(BudgetWindow, TheTotalNeverEnds) {
  const auto window = window_of(BudgetPeriod::total, "UTC", at(1)).value();
  EXPECT_EQ(window.start_ms, 0);
  EXPECT_EQ(window.end_ms, std::numeric_limits<std::int64_t>::max());
}

TEST(BudgetWindow, AnUnknownTimeZoneIsRefused) {
  for (const char* zone : {"", "Mars/Olympus", "../etc/passwd", "europe/berlin "}) {
    const auto window = window_of(BudgetPeriod::daily, zone, 0);
    ASSERT_FALSE(window) << zone;
    EXPECT_EQ(window.error().param, "time_zone");
  }
}

TEST(Budget, TheLargestReachedAlertCounts) {
  const std::vector<int> alerts{50, 80, 100};
  EXPECT_EQ(alert_reached(alerts, Money{49}, Money{100}), 0);
  EXPECT_EQ(alert_reached(alerts, Money{50}, Money{100}), 50);
  EXPECT_EQ(alert_reached(alerts, Money{99}, Money{100}), 80);
  EXPECT_EQ(alert_reached(alerts, Money{100}, Money{100}), 100);
  const Money most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(alert_reached(alerts, most, most), 100);
  EXPECT_EQ(split_alerts(joined_alerts(alerts)), alerts);
  EXPECT_EQ(split_alerts(joined_alerts({})), std::vector<int>());
}

TEST(Budget, BadFieldsAreNamed) {
  const Budget good{.cap = Money{5}};
  EXPECT_TRUE(check(good));
  Budget bad = good;
  bad.cap = Money{-1};
  EXPECT_EQ(check(bad).error().param, "limit_usd");
  for (const std::vector<int>& alerts : {std::vector<int>{0}, {101}, {80, 50}, {50, 50}}) {
    bad = good;
    bad.alerts = alerts;
    EXPECT_EQ(check(bad).error().param, "alerts");
  }
  bad = good;
  bad.time_zone = "Nowhere";
  EXPECT_EQ(check(bad).error().param, "time_zone");
}

TEST(Budget, ARefusalSaysWhatWouldFit) {
  const auto error = spending_cap_exceeded({.cap = "key",
                                            .budget_id = "b1",
                                            .period = "daily",
                                            .limit = Money{1'000'000'000},
                                            .spent = Money{300'000'000},
                                            .held = Money{200'000'000}},
                                           Money{600'000'000});
  EXPECT_EQ(error.code, ErrorCode::spending_cap_exceeded);
  const json::object& extra = *error.extra;
  EXPECT_EQ(understudy::to_text(extra.at("fits")), "0.5");
  EXPECT_EQ(understudy::to_text(extra.at("needed")), "0.6");
  EXPECT_EQ(extra.at("cap"), "key");
}

}  // namespace
}  // namespace understudy::money
