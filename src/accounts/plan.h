// Plans: what an account gets each month and how much at once. Pure; the ledger keeps the lots.
//
// Credits are amounts like Money, in nano-credits: 1 credit = 1'000'000'000. A month's premium
// credits are a lot that ends with the month (no roll-over); add-on credits are lots of their own
// and are spent after it. A usage-based account has no plan's credits but two lots a month: the
// included credits, then the overage it may run up to its cap; so its cap is kept by the ledger's
// own rule that no lot is overspent. Months are of UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/money.h"

namespace understudy::accounts {

struct Plan {
  std::string name;                  // one of plan_names()
  std::int64_t premium_credits = 0;  // a month
  int reset_day = 0;            // 1 to 28: of every month; 0: the day the account joined the plan
  int concurrency_keys = 10;    // jobs at once by API keys
  int concurrency_oauth = 3;    // jobs at once by bearer tokens
  std::int64_t videos_max = 0;  // a month; 0: no limit
  std::int64_t video_duration_max_s = 0;  // of one video; 0: no limit
};

// What users/me can show: free, starter, creator, pro, team, enterprise, business_plus.
const std::vector<std::string>& plan_names();
std::vector<Plan> default_plans();
const Plan* find_plan(const std::vector<Plan>& plans, std::string_view name);

// Which plan an account has, or that it pays by use.
struct AccountPlan {
  std::string account_id = {};
  std::string plan = "free";
  std::int64_t joined_at_ms = 0;
  bool is_usage_based = false;
  std::int64_t included_credits = 0;     // a month, of a usage-based account
  money::Money overage_rate = {};        // USD for a credit beyond them
  std::optional<money::Money> cap = {};  // USD a month for overage; none: no cap
};

// A month of a plan, [start, end).
struct PlanMonth {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
};
PlanMonth plan_month(int reset_day, std::int64_t joined_at_ms, std::int64_t now_ms);

// Lots are spent in the order of their priority, smallest first.
inline constexpr int kPremiumPriority = 10;
inline constexpr int kAddOnPriority = 20;
inline constexpr int kOveragePriority = 30;
inline constexpr std::int64_t kNanoPerCredit = 1'000'000'000;
// What "no cap" is in the ledger: a billion credits a month.
inline constexpr std::int64_t kOverageCreditsMax = 1'000'000'000;

// A lot to be granted; granting the same reference twice is one grant.
struct Allocation {
  // "plan:<account>:<start>:<what>:<credits of the month>", of overage with the number of the step
  std::string reference;
  money::Money credits;  // below 0: to be taken back, as far as it is free
  int priority = kPremiumPriority;
  std::int64_t expires_at_ms = 0;
};
// What all references of a month's allocations of a kind ("premium", "overage") begin with.
std::string allocation_prefix(const AccountPlan& account, const PlanMonth& month,
                              std::string_view what);

// What a month has brought so far.
struct Brought {
  money::Money premium = {};
  money::Money overage = {};
  int overage_steps = 0;  // entries it is the sum of
};

// What the month that holds `now_ms` should have brought and has not. A larger plan or cap in the
// middle of a month brings the difference. A smaller plan takes nothing back before the next month,
// because its credits are paid; a smaller cap takes back what would be paid later.
// Months that passed unseen bring nothing: their credits would have expired.
std::vector<Allocation> allocations_due(const Plan& plan, const AccountPlan& account,
                                        const Brought& already, std::int64_t now_ms);

// What one job would use of a plan's limits.
struct PlanUse {
  std::int64_t videos_this_month = 0;
  std::int64_t video_duration_ms = 0;
};
// Errors: trial_limit_exceeded (extra: plan, limit, used, resets_at).
Result<void> check_limits(const Plan& plan, const PlanUse& use, const PlanMonth& month);

// Jobs at once; beyond it 429.
int concurrency_of(const Plan& plan, bool is_bearer);

// The USD that overage has cost: credits x rate, rounded down.
money::Money overage_cost(money::Money credits, money::Money rate);
// The credits that a cap pays for, rounded down.
money::Money overage_credits(const AccountPlan& account);

}  // namespace understudy::accounts
