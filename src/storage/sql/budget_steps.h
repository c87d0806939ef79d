// Steps on budgets, in the transaction of the hold. A job counts in the window of its submit.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/budget.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// Whose budgets a job counts in.
struct Spender {
  std::string_view account_id;
  std::string_view project_id;  // empty: none
  std::string_view key_id;
};

// Requires: money::check(). Errors: not_found (the project or key is not the account's), conflict
// (one budget per scope and period).
Result<void> insert_budget(Connection& connection, const money::Budget& budget);

// The budgets that will count the job. Changes nothing. Errors: spending_cap_exceeded (one of them
// has no room for `amount`).
Result<std::vector<money::Budget>> budgets_with_room(Connection& connection, const Spender& spender,
                                                     money::Money amount, std::int64_t now_ms);

// Counts `amount` as held in each. Errors: spending_cap_exceeded.
Result<void> hold_in_budgets(Connection& connection, std::string_view job_id,
                             const std::vector<money::Budget>& budgets, money::Money amount,
                             std::int64_t now_ms);

// Whether a job's budgets have room for `more`. Changes nothing. Errors: spending_cap_exceeded.
Result<void> check_budgets(Connection& connection, std::string_view job_id, money::Money more);

// The hold of a job grows (errors: spending_cap_exceeded) or shrinks by `more`.
Result<void> move_in_budgets(Connection& connection, std::string_view job_id, money::Money more,
                             std::int64_t now_ms);

// The hold of `held` ended and `spent` of it was captured.
Result<void> settle_in_budgets(Connection& connection, std::string_view job_id, money::Money held,
                               money::Money spent);

}  // namespace understudy::storage
