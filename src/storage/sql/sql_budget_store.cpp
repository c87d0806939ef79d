#include "storage/sql/budget_rows.h"
#include "storage/sql/budget_steps.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using money::Budget;
using money::BudgetState;
using money::BudgetWindow;
using money::Money;

const std::string kSelect = "SELECT " + std::string(kBudgetColumns) +
                            " FROM budget WHERE account_id = $1 AND removed_at_ms = 0";

Budget read_budget(const Row& row) {
  Columns columns(row);
  return budget_of(columns);
}

Result<BudgetState> state_of(Connection& connection, Budget budget, std::int64_t now_ms) {
  TRY_ASSIGN(const BudgetWindow window, money::window_of(budget.period, budget.time_zone, now_ms));
  BudgetState state{.budget = std::move(budget), .window = window, .spent = {}, .held = {}};
  TRY_ASSIGN(const auto used,
             connection.first("SELECT spent, held FROM budget_window WHERE budget_id = $1 "
                              "AND start_ms = $2",
                              {state.budget.id, window.start_ms}, [](const Row& row) {
                                return std::pair{Money{row.integer(0)}, Money{row.integer(1)}};
                              }));
  if (used) std::tie(state.spent, state.held) = *used;
  return state;
}

tl::unexpected<Error> no_budget() {
  return fail(ErrorCode::not_found, "There is no budget with this id.", "budget_id");
}

// The table that a scope's id is looked up in; the account's own needs none.
Result<void> check_scope(Connection& connection, const Budget& budget) {
  if (budget.scope == money::BudgetScope::account) return {};
  const bool is_key = budget.scope == money::BudgetScope::key;
  TRY_ASSIGN(
      const auto found,
      connection.first(is_key ? "SELECT 1 FROM api_key WHERE id = $1 AND account_id = $2"
                              : "SELECT 1 FROM project WHERE id = $1 AND account_id = $2",
                       {budget.scope_id, budget.account_id}, [](const Row&) { return true; }));
  if (found) return {};
  return fail(ErrorCode::not_found,
              is_key ? "There is no key with this id." : "There is no project with this id.",
              "scope_id");
}

class SqlBudgetStore final : public money::BudgetStore {
 public:
  explicit SqlBudgetStore(Database& database) : database_(database) {}

  Result<void> create(const Budget& budget) override {
    TRY(money::check(budget));
    return database_.write(
        [&](Connection& connection) { return insert_budget(connection, budget); });
  }

  Result<BudgetState> find(std::string_view account_id, std::string_view id,
                           std::int64_t now_ms) override {
    static const std::string kSql = kSelect + " AND id = $2";
    return database_.read([&](Connection& connection) -> Result<BudgetState> {
      TRY_ASSIGN(auto budget, connection.first(kSql, {account_id, id}, read_budget));
      if (!budget) return no_budget();
      return state_of(connection, *std::move(budget), now_ms);
    });
  }

  Result<std::vector<BudgetState>> list(std::string_view account_id, std::int64_t now_ms) override {
    static const std::string kSql = kSelect + " ORDER BY id";
    return database_.read([&](Connection& connection) -> Result<std::vector<BudgetState>> {
      TRY_ASSIGN(auto budgets, connection.all(kSql, {account_id}, read_budget));
      std::vector<BudgetState> states;
      for (Budget& budget : budgets) {
        TRY_ASSIGN(auto state, state_of(connection, std::move(budget), now_ms));
        states.push_back(std::move(state));
      }
      return states;
    });
  }

  Result<void> change(std::string_view account_id, std::string_view id,
                      const money::BudgetChange& change) override {
    TRY(money::check(Budget{.cap = change.cap.value_or(Money{}),
                            .alerts = change.alerts.value_or(std::vector<int>())}));
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(
          const auto changed,
          connection.execute("UPDATE budget SET cap = CASE WHEN $3 = 1 THEN $4 ELSE cap END,"
                             " alerts = CASE WHEN $5 = 1 THEN $6 ELSE alerts END "
                             "WHERE account_id = $1 AND id = $2 AND removed_at_ms = 0",
                             {account_id, id, change.cap ? 1 : 0, change.cap.value_or(Money{}),
                              change.alerts ? 1 : 0,
                              money::joined_alerts(change.alerts.value_or(std::vector<int>()))}));
      if (changed == 0) return no_budget();
      return {};
    });
  }

  Result<void> remove(std::string_view account_id, std::string_view id,
                      std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE budget SET removed_at_ms = $3 "
                                    "WHERE account_id = $1 AND id = $2 AND removed_at_ms = 0",
                                    {account_id, id, now_ms}));
      if (changed == 0) return no_budget();
      return {};
    });
  }

 private:
  Database& database_;
};

}  // namespace

Result<void> insert_budget(Connection& connection, const Budget& budget) {
  TRY(lock_account(connection, budget.account_id));
  TRY(check_scope(connection, budget));
  TRY_ASSIGN(const auto made,
             connection.execute(
                 "INSERT INTO budget (id, account_id, scope, scope_id, period, time_zone, cap,"
                 " alerts, created_at_ms) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 "
                 "WHERE NOT EXISTS (SELECT 1 FROM budget WHERE account_id = $2 AND scope = $3"
                 " AND scope_id = $4 AND period = $5 AND removed_at_ms = 0)",
                 {budget.id, budget.account_id, to_string(budget.scope), budget.scope_id,
                  to_string(budget.period), budget.time_zone, budget.cap,
                  money::joined_alerts(budget.alerts), budget.created_at_ms}));
  if (made > 0) return {};
  return fail(ErrorCode::conflict,
              "There is a budget for this scope and period already: change that one.", "period");
}

std::unique_ptr<money::BudgetStore> make_budget_store(Database& database) {
  return std::make_unique<SqlBudgetStore>(database);
}

}  // namespace understudy::storage
