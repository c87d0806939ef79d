#include "storage/sql/budget_rows.h"

namespace understudy::storage {

// The table's checks allow no other scope and no other period.
money::Budget budget_of(Columns& columns) {
  money::Budget budget;
  budget.id = columns.text();
  budget.account_id = columns.text();
  budget.scope = money::budget_scope_from(columns.text()).value_or(money::BudgetScope::account);
  budget.scope_id = columns.text();
  budget.period = money::budget_period_from(columns.text()).value_or(money::BudgetPeriod::total);
  budget.time_zone = columns.text();
  budget.cap = columns.money();
  budget.alerts = money::split_alerts(columns.text());
  budget.created_at_ms = columns.integer();
  return budget;
}

}  // namespace understudy::storage
