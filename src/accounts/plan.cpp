#include "accounts/plan.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/clock.h"

namespace understudy::accounts {
namespace {

__extension__ using Wide = __int128;
namespace time = std::chrono;

time::year_month_day date_of(std::int64_t time_ms) {
  return time::floor<time::days>(time::sys_time<time::milliseconds>(time::milliseconds(time_ms)));
}

// Midnight of that day, or of the month's last when the month is shorter.
std::int64_t reset_in(time::year_month month, unsigned day) {
  const unsigned last = static_cast<unsigned>(time::year_month_day_last(month / time::last).day());
  const time::sys_days midnight = month / time::day(std::min(day, last));
  return time::duration_cast<time::milliseconds>(midnight.time_since_epoch()).count();
}

tl::unexpected<Error> over_limit(const Plan& plan, std::string message, std::int64_t limit,
                                 std::int64_t used, const PlanMonth& month) {
  Error error;
  error.code = ErrorCode::trial_limit_exceeded;
  error.message = std::move(message);
  error.extra = std::make_shared<json::object>(json::object{
      {"plan", plan.name}, {"limit", limit}, {"used", used}, {"resets_at", iso8601(month.end_ms)}});
  return tl::make_unexpected(std::move(error));
}

}  // namespace

const std::vector<std::string>& plan_names() {
  static const std::vector<std::string> names = {"free", "starter",    "creator",      "pro",
                                                 "team", "enterprise", "business_plus"};
  return names;
}

std::vector<Plan> default_plans() {
  return {{.name = "free", .premium_credits = 10, .videos_max = 3, .video_duration_max_s = 60},
          {.name = "starter", .premium_credits = 100},
          {.name = "creator", .premium_credits = 200},
          {.name = "pro", .premium_credits = 2000},
          {.name = "team", .premium_credits = 2000},
          {.name = "business_plus", .premium_credits = 5000},
          {.name = "enterprise", .premium_credits = 10'000, .concurrency_keys = 20}};
}

const Plan* find_plan(const std::vector<Plan>& plans, std::string_view name) {
  const auto found =
      std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) { return plan.name == name; });
  return found == plans.end() ? nullptr : &*found;
}

PlanMonth plan_month(int reset_day, std::int64_t joined_at_ms, std::int64_t now_ms) {
  const unsigned day = reset_day > 0 ? static_cast<unsigned>(reset_day)
                                     : static_cast<unsigned>(date_of(joined_at_ms).day());
  const auto today = date_of(now_ms);
  const time::year_month this_month = today.year() / today.month();
  const std::int64_t reset = reset_in(this_month, day);
  if (now_ms >= reset) return {reset, reset_in(this_month + time::months(1), day)};
  return {reset_in(this_month - time::months(1), day), reset};
}

std::string allocation_prefix(const AccountPlan& account, const PlanMonth& month,
                              std::string_view what) {
  return fmt::format("plan:{}:{}:{}:", account.account_id, iso8601(month.start_ms).substr(0, 10),
                     what);
}

std::vector<Allocation> allocations_due(const Plan& plan, const AccountPlan& account,
                                        const Brought& already, std::int64_t now_ms) {
  const PlanMonth month = plan_month(plan.reset_day, account.joined_at_ms, now_ms);
  std::vector<Allocation> due;
  const auto add = [&](std::string_view what, money::Money target, money::Money brought,
                       int priority) {
    if (target <= brought) return;
    due.push_back({.reference = allocation_prefix(account, month, what) + money::to_text(target),
                   .credits = target - brought,
                   .priority = priority,
                   .expires_at_ms = month.end_ms});
  };
  const std::int64_t premium =
      account.is_usage_based ? account.included_credits : plan.premium_credits;
  add("premium", money::Money{premium * kNanoPerCredit}, already.premium, kPremiumPriority);
  const money::Money overage = account.is_usage_based ? overage_credits(account) : money::Money{};
  if (overage != already.overage) {
    // A cap may go back to what it was, so that its credits alone do not name the step.
    due.push_back({.reference = fmt::format("{}{}:{}", allocation_prefix(account, month, "overage"),
                                            money::to_text(overage), already.overage_steps + 1),
                   .credits = overage - already.overage,
                   .priority = kOveragePriority,
                   .expires_at_ms = month.end_ms});
  }
  return due;
}

Result<void> check_limits(const Plan& plan, const PlanUse& use, const PlanMonth& month) {
  if (plan.videos_max > 0 && use.videos_this_month >= plan.videos_max) {
    return over_limit(
        plan, fmt::format("The {} plan makes {} videos a month.", plan.name, plan.videos_max),
        plan.videos_max, use.videos_this_month, month);
  }
  if (plan.video_duration_max_s > 0 && use.video_duration_ms > plan.video_duration_max_s * 1000) {
    return over_limit(plan,
                      fmt::format("The {} plan makes videos of at most {} seconds.", plan.name,
                                  plan.video_duration_max_s),
                      plan.video_duration_max_s, (use.video_duration_ms + 999) / 1000, month);
  }
  return {};
}

int concurrency_of(const Plan& plan, bool is_bearer) {
  return is_bearer ? plan.concurrency_oauth : plan.concurrency_keys;
}

money::Money overage_cost(money::Money credits, money::Money rate) {
  return {static_cast<std::int64_t>(static_cast<Wide>(credits.nano_usd) * rate.nano_usd /
                                    kNanoPerCredit)};
}

money::Money overage_credits(const AccountPlan& account) {
  const money::Money most{kOverageCreditsMax * kNanoPerCredit};
  if (!account.cap || account.overage_rate <= money::Money{}) return most;
  const Wide credits =
      static_cast<Wide>(account.cap->nano_usd) * kNanoPerCredit / account.overage_rate.nano_usd;
  return credits > most.nano_usd ? most : money::Money{static_cast<std::int64_t>(credits)};
}

}  // namespace understudy::accounts
