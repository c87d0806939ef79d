#include "storage/sql/dialect.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using accounts::AccountPlan;

constexpr std::int64_t kNoCap = -1;

class SqlPlanStore final : public accounts::PlanStore {
 public:
  explicit SqlPlanStore(Database& database) : database_(database) {}

  Result<AccountPlan> find_plan(std::string_view account_id) override {
    TRY_ASSIGN(auto plan, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT a.id, COALESCE(p.plan, 'free'), COALESCE(p.joined_at_ms, a.created_at_ms),"
          " COALESCE(p.is_usage_based, 0), COALESCE(p.included_credits, 0),"
          " COALESCE(p.overage_rate, 0), COALESCE(p.cap, -1)"
          " FROM account a LEFT JOIN account_plan p ON p.account_id = a.id WHERE a.id = $1",
          {account_id}, [](const Row& row) {
            Columns columns(row);
            AccountPlan found;
            found.account_id = columns.text();
            found.plan = columns.text();
            found.joined_at_ms = columns.integer();
            found.is_usage_based = columns.flag();
            found.included_credits = columns.integer();
            found.overage_rate = columns.money();
            const auto cap = columns.integer();
            if (cap != kNoCap) found.cap = money::Money{cap};
            return found;
          });
    }));
    if (!plan) return fail(ErrorCode::not_found, "There is no account with this id.");
    return *std::move(plan);
  }

  Result<Use> use_of(std::string_view wallet_id, std::string_view account_id,
                     std::int64_t since_ms) override {
    TRY_ASSIGN(const auto use, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT COALESCE(SUM(CASE WHEN state IN ('queued', 'running') THEN 1 ELSE 0 END), 0),"
          " COALESCE(SUM(CASE WHEN kind <> 'voices' AND created_at_ms >= $3"
          " AND state NOT IN ('failed', 'cancelled') THEN 1 ELSE 0 END), 0)"
          " FROM job WHERE account_id = $2 AND wallet_id = $1"
          " AND (created_at_ms >= $3 OR state IN ('queued', 'running'))",
          {wallet_id, account_id, since_ms}, [](const Row& row) {
            return Use{.live_jobs = row.integer(0), .videos = row.integer(1)};
          });
    }));
    return use.value_or(Use{});
  }

  Result<void> set_plan(const AccountPlan& plan) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(lock_rows(connection, "SELECT 1 FROM account WHERE id = $1", {plan.account_id}));
      TRY(connection.execute("DELETE FROM account_plan WHERE account_id = $1", {plan.account_id}));
      TRY_ASSIGN(
          const auto inserted,
          connection.execute(
              "INSERT INTO account_plan (account_id, plan, joined_at_ms, is_usage_based,"
              " included_credits, overage_rate, cap) SELECT id, $2, $3, $4, $5, $6, $7"
              " FROM account WHERE id = $1",
              {plan.account_id, plan.plan, plan.joined_at_ms, plan.is_usage_based,
               plan.included_credits, plan.overage_rate, plan.cap ? plan.cap->nano_usd : kNoCap}));
      if (inserted == 0) return fail(ErrorCode::not_found, "There is no account with this id.");
      return {};
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::PlanStore> make_plan_store(Database& database) {
  return std::make_unique<SqlPlanStore>(database);
}

}  // namespace understudy::storage
