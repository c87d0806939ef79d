#include "storage/sql/budget_steps.h"

#include <string>
#include <vector>

#include "storage/sql/budget_rows.h"
#include "storage/sql/outbox.h"

namespace understudy::storage {
namespace {

using money::Budget;
using money::BudgetWindow;
using money::Money;

Result<std::vector<Budget>> budgets_of(Connection& connection, const Spender& spender) {
  static const std::string kSql =
      "SELECT " + std::string(kBudgetColumns) +
      " FROM budget WHERE account_id = $1 AND removed_at_ms = 0 AND (scope = 'account'"
      " OR (scope = 'key' AND scope_id = $2) OR (scope = 'project' AND scope_id = $3)) "
      "ORDER BY id";
  return connection.all(kSql, {spender.account_id, spender.key_id, spender.project_id},
                        [](const Row& row) {
                          Columns columns(row);
                          return budget_of(columns);
                        });
}

struct Used {
  Money spent;
  Money held;
  std::int64_t alerted = 0;
};

Result<Used> used(Connection& connection, const Budget& budget, std::int64_t start_ms) {
  TRY_ASSIGN(const auto found,
             connection.first("SELECT spent, held, alerted FROM budget_window "
                              "WHERE budget_id = $1 AND start_ms = $2",
                              {budget.id, start_ms}, [](const Row& row) {
                                return Used{{row.integer(0)}, {row.integer(1)}, row.integer(2)};
                              }));
  return found.value_or(Used{});
}

Result<void> tell_alert(Connection& connection, const Budget& budget, std::int64_t start_ms,
                        std::int64_t now_ms) {
  TRY_ASSIGN(const Used now, used(connection, budget, start_ms));
  const int reached = money::alert_reached(budget.alerts, now.spent + now.held, budget.cap);
  if (reached <= now.alerted) return {};
  TRY(
      connection.execute("UPDATE budget_window SET alerted = $3 "
                         "WHERE budget_id = $1 AND start_ms = $2",
                         {budget.id, start_ms, reached}));
  return put_in_outbox(connection, "cap.threshold_reached", budget.account_id,
                       {{"budget_id", budget.id},
                        {"cap", to_string(budget.scope)},
                        {"scope_id", budget.scope_id},
                        {"period", to_string(budget.period)},
                        {"threshold_percent", reached},
                        {"limit_usd", money::to_json(budget.cap)},
                        {"spent_usd", money::to_json(now.spent)},
                        {"held_usd", money::to_json(now.held)}},
                       now_ms);
}

tl::unexpected<Error> no_room(const Budget& budget, const Used& now, Money amount) {
  return tl::make_unexpected(
      money::spending_cap_exceeded({.cap = std::string(to_string(budget.scope)),
                                    .budget_id = budget.id,
                                    .period = std::string(to_string(budget.period)),
                                    .limit = budget.cap,
                                    .spent = now.spent,
                                    .held = now.held},
                                   amount));
}

Result<void> check_room(Connection& connection, const Budget& budget, std::int64_t start_ms,
                        Money amount) {
  TRY_ASSIGN(const Used now, used(connection, budget, start_ms));
  if (now.spent + now.held > budget.cap - amount) return no_room(budget, now, amount);
  return {};
}

// The guard is in the statement: a cap that was lowered since counts from now on.
Result<void> hold_in(Connection& connection, const Budget& budget, std::int64_t start_ms,
                     Money amount, std::int64_t now_ms) {
  TRY_ASSIGN(const auto changed,
             connection.execute("UPDATE budget_window SET held = held + $3,"
                                " ceiling = CASE WHEN ceiling > $4 THEN ceiling ELSE $4 END "
                                "WHERE budget_id = $1 AND start_ms = $2 AND spent + held <= $5",
                                {budget.id, start_ms, amount, budget.cap, budget.cap - amount}));
  if (changed > 0) return tell_alert(connection, budget, start_ms, now_ms);
  TRY_ASSIGN(const Used now, used(connection, budget, start_ms));
  return no_room(budget, now, amount);
}

struct Counted {
  Budget budget;
  std::int64_t start_ms = 0;
};

// The budgets that a job was counted in, removed ones too.
Result<std::vector<Counted>> counted(Connection& connection, std::string_view job_id) {
  static const std::string kSql =
      "SELECT " + std::string(kBudgetColumns) +
      ", start_ms FROM hold_budget JOIN budget ON budget.id = hold_budget.budget_id "
      "WHERE job_id = $1 ORDER BY budget.id";
  return connection.all(kSql, {job_id}, [](const Row& row) {
    Columns columns(row);
    Counted found;
    found.budget = budget_of(columns);
    found.start_ms = columns.integer();
    return found;
  });
}

}  // namespace

Result<std::vector<Budget>> budgets_with_room(Connection& connection, const Spender& spender,
                                              Money amount, std::int64_t now_ms) {
  TRY_ASSIGN(auto budgets, budgets_of(connection, spender));
  for (const Budget& budget : budgets) {
    TRY_ASSIGN(const BudgetWindow window,
               money::window_of(budget.period, budget.time_zone, now_ms));
    TRY(check_room(connection, budget, window.start_ms, amount));
  }
  return budgets;
}

Result<void> hold_in_budgets(Connection& connection, std::string_view job_id,
                             const std::vector<Budget>& budgets, Money amount,
                             std::int64_t now_ms) {
  for (const Budget& budget : budgets) {
    TRY_ASSIGN(const BudgetWindow window,
               money::window_of(budget.period, budget.time_zone, now_ms));
    TRY(
        connection.execute("INSERT INTO budget_window (budget_id, start_ms, end_ms, ceiling) "
                           "VALUES ($1, $2, $3, $4) ON CONFLICT (budget_id, start_ms) DO NOTHING",
                           {budget.id, window.start_ms, window.end_ms, budget.cap}));
    TRY(hold_in(connection, budget, window.start_ms, amount, now_ms));
    TRY(
        connection.execute("INSERT INTO hold_budget (job_id, budget_id, start_ms) "
                           "VALUES ($1, $2, $3)",
                           {job_id, budget.id, window.start_ms}));
  }
  return {};
}

Result<void> check_budgets(Connection& connection, std::string_view job_id, Money more) {
  TRY_ASSIGN(const auto all, counted(connection, job_id));
  for (const auto& [budget, start_ms] : all) TRY(check_room(connection, budget, start_ms, more));
  return {};
}

Result<void> move_in_budgets(Connection& connection, std::string_view job_id, Money more,
                             std::int64_t now_ms) {
  TRY_ASSIGN(const auto all, counted(connection, job_id));
  for (const auto& [budget, start_ms] : all) {
    if (more > Money{}) {
      TRY(hold_in(connection, budget, start_ms, more, now_ms));
    } else {
      TRY(
          connection.execute("UPDATE budget_window SET held = held + $3 "
                             "WHERE budget_id = $1 AND start_ms = $2",
                             {budget.id, start_ms, more}));
    }
  }
  return {};
}

Result<void> settle_in_budgets(Connection& connection, std::string_view job_id, Money held,
                               Money spent) {
  struct Window {
    std::string budget_id;
    std::int64_t start_ms = 0;
  };
  TRY_ASSIGN(const auto windows,
             connection.all("SELECT budget_id, start_ms FROM hold_budget WHERE job_id = $1",
                            {job_id}, [](const Row& row) {
                              return Window{std::string(row.text(0)), row.integer(1)};
                            }));
  for (const Window& window : windows) {
    TRY(
        connection.execute("UPDATE budget_window SET held = held - $3, spent = spent + $4 "
                           "WHERE budget_id = $1 AND start_ms = $2",
                           {window.budget_id, window.start_ms, held, spent}));
  }
  return {};
}

}  // namespace understudy::storage
