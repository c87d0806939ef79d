#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "storage/sql/dialect.h"
#include "storage/sql/ledger_check.h"
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

Result<void> check(const Funding& funding) {
  if (!money::is_funding_source(funding.source)) {
    return fail(ErrorCode::invalid_parameter, "Money comes from cash, promo or adjustment.",
                "source");
  }
  if (funding.reference.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "A payment needs a reference, so that it counts once.", "reference");
  }
  const bool may_be_negative = funding.source == money::kAdjustment;
  if (funding.amount == Money{} || (funding.amount < Money{} && !may_be_negative)) {
    return fail(ErrorCode::invalid_parameter, "The amount of a top-up is above 0 USD.", "amount");
  }
  return {};
}

std::string_view kind_of(const Funding& funding) {
  return funding.source == money::kAdjustment ? "adjust" : "top_up";
}

LedgerEntry entry_of(const Row& row) {
  Columns columns(row);
  LedgerEntry entry;
  entry.account_id = columns.text();
  entry.seq = columns.integer();
  entry.txn_id = columns.integer();
  entry.kind = columns.text();
  entry.reference = columns.text();
  entry.note = columns.text();
  entry.amount = columns.money();
  entry.balance_after = columns.money();
  entry.hash = to_hex(columns.text());
  entry.created_at_ms = columns.integer();
  return entry;
}

constexpr std::string_view kSelectEntry =
    "SELECT entry.account_id, seq, txn_id, kind, reference, note, amount, balance_after, hash,"
    " created_at_ms FROM entry JOIN txn ON txn.id = entry.txn_id ";

UsageRow usage_of(const Row& row) {
  Columns columns(row);
  UsageRow usage;
  usage.id = columns.integer();
  usage.account_id = columns.text();
  usage.job_id = columns.text();
  usage.key_id = columns.text();
  usage.product = columns.text();
  usage.price_item = columns.text();
  usage.price_version = columns.small();
  usage.quantity = columns.integer();
  usage.amount = columns.money();
  usage.created_at_ms = columns.integer();
  return usage;
}

class SqlLedgerStore final : public money::LedgerStore {
 public:
  explicit SqlLedgerStore(Database& database) : database_(database) {}

  Result<LedgerEntry> fund(const Funding& funding, std::int64_t now_ms) override {
    TRY(check(funding));
    return database_.write_for(funding.account_id, [&](Connection& connection) -> Result<LedgerEntry> {
      // Before the look: the same payment said twice at once is one effect.
      TRY(lock_rows(connection, "SELECT 1 FROM wallet WHERE account_id = $1", {funding.account_id}));
      TRY_ASSIGN(auto earlier, find_funding(connection, funding));
      if (earlier) return same_as(funding, *std::move(earlier));
      return post(connection,
                  {.account_id = funding.account_id,
                   .amount = funding.amount,
                   .unheld = {},
                   .other = funding.source,
                   .kind = kind_of(funding),
                   .reference = funding.reference,
                   .note = funding.note,
                   .actor = funding.actor},
                  now_ms);
    });
  }

  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) override {
    static const std::string kSql =
        std::string(kSelectEntry) +
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
          "SELECT id, usage.account_id, job_id, key_id, product, price_item, price_version, quantity,"
          " usage.amount, created_at_ms FROM entry CROSS JOIN usage "
          "WHERE usage.id = entry.txn_id AND entry.account_id = $1 AND id < $2 "
          "AND created_at_ms >= $3 AND created_at_ms < $4 AND ($5 = '' OR product = $5) "
          "ORDER BY entry.seq DESC LIMIT $6",
          {query.account_id, query.before_id, query.from_ms, query.until_ms, query.product,
           query.limit},
          usage_of);
    });
  }

  Result<std::vector<UsageTotal>> usage_totals(const UsageQuery& query) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT product, price_item, count(*), sum(quantity), sum(usage.amount) "
          "FROM entry CROSS JOIN usage WHERE usage.id = entry.txn_id AND entry.account_id = $1 "
          "AND created_at_ms >= $2 AND created_at_ms < $3 "
          "AND ($4 = '' OR product = $4) GROUP BY product, price_item "
          "ORDER BY product, price_item",
          {query.account_id, query.from_ms, query.until_ms, query.product}, [](const Row& row) {
            Columns columns(row);
            UsageTotal total;
            total.product = columns.text();
            total.price_item = columns.text();
            total.jobs = columns.integer();
            total.quantity = columns.integer();
            total.amount = columns.money();
            return total;
          });
    });
  }

  Result<money::VerifyReport> verify() override {
    return database_.read_snapshot([](Connection& connection) { return check_ledger(connection); });
  }

 private:
  // The wallet's entry of a payment that was booked before, whatever the wallet.
  static Result<std::optional<LedgerEntry>> find_funding(Connection& connection,
                                                         const Funding& funding) {
    static const std::string kSql =
        std::string(kSelectEntry) +
        "WHERE txn.kind = $1 AND txn.reference = $2 AND length(hash) > 0";
    // By the transaction's unique key; the entries of one transaction are found by its account.
    TRY_ASSIGN(const auto txn_id,
               connection.first("SELECT id FROM txn WHERE kind = $1 AND reference = $2",
                                {kind_of(funding), funding.reference},
                                [](const Row& row) { return row.integer(0); }));
    if (!txn_id) return std::nullopt;
    return connection.first(kSql, {kind_of(funding), funding.reference}, entry_of);
  }

  static Result<LedgerEntry> same_as(const Funding& funding, LedgerEntry earlier) {
    if (earlier.account_id == funding.account_id && earlier.amount == funding.amount) {
      return earlier;
    }
    return fail(ErrorCode::conflict,
                fmt::format("The payment {} was booked before, with another amount or account.",
                            funding.reference),
                "reference");
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<money::LedgerStore> make_ledger_store(Database& database) {
  return std::make_unique<SqlLedgerStore>(database);
}

}  // namespace understudy::storage
