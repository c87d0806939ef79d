#include "storage/sql/ledger_check.h"
#include "storage/sql/ledger_rows.h"
#include "storage/sql/ledger_steps.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using money::EntryQuery;
using money::Funding;
using money::LedgerEntry;
using money::Money;
using money::UsageQuery;
using money::UsageRow;
using money::UsageTotal;

class SqlLedgerStore final : public money::LedgerStore {
 public:
  explicit SqlLedgerStore(Database& database) : database_(database) {}

  Result<LedgerEntry> fund(const Funding& funding, std::int64_t now_ms) override {
    TRY(check(funding));
    return database_.write_for(funding.account_id, [&](Connection& connection) {
      return add_funding(connection, funding, now_ms);
    });
  }

  Result<LedgerEntry> withdraw(const money::Withdrawal& withdrawal, std::int64_t now_ms) override {
    TRY(check(withdrawal));
    return database_.write_for(withdrawal.account_id, [&](Connection& connection) {
      return take_withdrawal(connection, withdrawal, now_ms);
    });
  }

  Result<LedgerEntry> refund(const money::Refund& refund, std::int64_t now_ms) override {
    TRY(check(refund));
    return database_.write_for_job(refund.job_id, [&](Connection& connection) {
      return refund_job(connection, refund, now_ms);
    });
  }

  Result<std::vector<money::Lot>> lots(std::string_view wallet_id) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id, wallet_id, source, priority, expires_at_ms, amount, remaining, held,"
          " created_at_ms FROM grant_lot WHERE wallet_id = $1 AND remaining > 0 "
          "ORDER BY priority, expires_at_ms, id",
          {wallet_id}, lot_of);
    });
  }

  Result<int> expire(std::int64_t now_ms) override {
    TRY_ASSIGN(const auto wallets, database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id FROM wallet WHERE next_expiry_ms < 9223372036854775807 "
          "AND next_expiry_ms <= $1",
          {now_ms}, [](const Row& row) { return std::string(row.text(0)); });
    }));
    int total = 0;
    for (const std::string& wallet_id : wallets) {
      TRY_ASSIGN(const int count,
                 database_.write_for(wallet_id, [&](Connection& connection) -> Result<int> {
                   TRY(lock_account(connection, wallet_id));
                   return expire_lots(connection, wallet_id, now_ms);
                 }));
      total += count;
    }
    return total;
  }

  Result<std::optional<Money>> low_balance(std::string_view wallet_id) override {
    TRY_ASSIGN(const auto found, database_.read([&](Connection& connection) {
      return connection.first("SELECT low_below FROM wallet WHERE id = $1", {wallet_id},
                              [](const Row& row) { return Money{row.integer(0)}; });
    }));
    if (!found) return fail(ErrorCode::not_found, "There is no account with this id.");
    if (*found < Money{}) return std::nullopt;
    return *found;
  }

  Result<void> set_low_balance(std::string_view wallet_id,
                               std::optional<Money> threshold) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE wallet SET low_below = $2 WHERE id = $1",
                                    {wallet_id, threshold.value_or(Money{-1})}));
      if (changed > 0) return {};
      return fail(ErrorCode::not_found, "There is no account with this id.");
    });
  }

  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) override {
    static const std::string kSql =
        kSelectEntry +
        "WHERE entry.account_id = $1 AND seq < $2 AND created_at_ms >= $3 AND created_at_ms < $4 "
        "AND ($5 = '' OR kind = $5) ORDER BY seq DESC LIMIT $6";
    return database_.read([&](Connection& connection) {
      return connection.all(kSql,
                            {query.account_id, query.before_seq, query.from_ms, query.until_ms,
                             query.kind, query.limit},
                            entry_of);
    });
  }

  Result<std::vector<UsageRow>> usage(const UsageQuery& query) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id, usage.account_id, wallet_id, job_id, key_id, project_id, source, is_test, product,"
          " price_item, price_version, quantity, usage.amount, created_at_ms "
          "FROM entry CROSS JOIN usage "
          "WHERE usage.id = entry.txn_id AND entry.account_id = $1 AND id < $2 "
          "AND created_at_ms >= $3 AND created_at_ms < $4 AND ($5 = '' OR product = $5) "
          "AND ($6 = '' OR key_id = $6) AND ($7 = '' OR project_id = $7) AND is_test = $8 "
          "AND ($9 = '' OR source = $9) ORDER BY entry.seq DESC LIMIT $10",
          {query.account_id, query.before_id, query.from_ms, query.until_ms, query.product,
           query.key_id, query.project_id, query.is_test, query.source, query.limit},
          usage_of);
    });
  }

  Result<std::vector<UsageTotal>> usage_totals(const UsageQuery& query,
                                               const money::UsageGrouping& grouping) override {
    return database_.read(
        [&](Connection& connection) { return storage::usage_totals(connection, query, grouping); });
  }

  Result<money::VerifyReport> verify() override {
    return database_.read_snapshot([](Connection& connection) { return check_ledger(connection); });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<money::LedgerStore> make_ledger_store(Database& database) {
  return std::make_unique<SqlLedgerStore>(database);
}

}  // namespace understudy::storage
