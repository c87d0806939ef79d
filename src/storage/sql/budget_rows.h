// Rows of the table budget.
#pragma once

#include <string_view>

#include "money/budget.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// What budget_of() reads, in its order.
inline constexpr std::string_view kBudgetColumns =
    "budget.id, account_id, scope, scope_id, period, time_zone, cap, alerts, budget.created_at_ms";

money::Budget budget_of(Columns& columns);

}  // namespace understudy::storage
