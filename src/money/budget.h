// Budgets: hard caps on what an account, a project or a key spends in a period. Rules only; the
// store counts, in the transaction of the hold, so that a cap is never exceeded.
//
// A job counts in the period of its submit, whenever it ends: what is held counts as spent until it
// is given back. Periods begin at midnight of the budget's time zone: weeks on Monday, months on
// the first.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/money.h"

namespace understudy::money {

enum class BudgetScope { account, project, key };
std::string_view to_string(BudgetScope scope);
std::optional<BudgetScope> budget_scope_from(std::string_view name);

enum class BudgetPeriod { daily, weekly, monthly, total };
std::string_view to_string(BudgetPeriod period);
std::optional<BudgetPeriod> budget_period_from(std::string_view name);

struct Budget {
  std::string id = {};
  std::string account_id = {};
  BudgetScope scope = BudgetScope::account;
  std::string scope_id = {};  // the project's or key's id; the account's for itself
  BudgetPeriod period = BudgetPeriod::monthly;
  std::string time_zone = "UTC";  // IANA name
  Money cap = {};
  std::vector<int> alerts = {80, 100};  // percentages of the cap at which an event tells
  std::int64_t created_at_ms = 0;
};

// Half open: [start_ms, end_ms).
struct BudgetWindow {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = std::numeric_limits<std::int64_t>::max();
};

// The period around `now_ms`. Errors: invalid_parameter (no such time zone).
Result<BudgetWindow> window_of(BudgetPeriod period, const std::string& time_zone,
                               std::int64_t now_ms);

// Errors: invalid_parameter with the field (cap, time_zone, alerts).
Result<void> check(const Budget& budget);

// The largest of `alerts` that `used` of `cap` has reached; 0: none.
int alert_reached(const std::vector<int>& alerts, Money used, Money cap);

// "80 100" and back; what is not a number is left out.
std::string joined_alerts(const std::vector<int>& alerts);
std::vector<int> split_alerts(std::string_view text);

// What a refusal says: 402 spending_cap_exceeded with extra {cap, limit, spent, held, needed,
// fits}.
struct CapState {
  std::string cap = {};  // what the cap is on: "request", or "key", "project", "account"
  std::string budget_id = {};
  std::string period = {};
  Money limit = {};
  Money spent = {};
  Money held = {};
};
Error spending_cap_exceeded(const CapState& cap, Money needed);

}  // namespace understudy::money
