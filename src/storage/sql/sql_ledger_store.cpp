#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "storage/sql/ledger_check.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/payment_reversals.h"
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
    return fail(ErrorCode::invalid_parameter, "Money comes from cash, promo, plan or adjustment.",
                "source");
  }
  if (funding.terms && (funding.terms->priority < 1 || funding.terms->priority > 100)) {
    return fail(ErrorCode::invalid_parameter, "A priority is from 1 to 100.", "priority");
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
  if (funding.source == money::kAdjustment) return money::kAdjust;
  return funding.source == money::kCash ? money::kTopUp : money::kGrant;
}

money::LotTerms terms_of(const Funding& funding) {
  if (funding.terms) return *funding.terms;
  if (funding.source == money::kPromo) return {.source = money::LotSource::promo, .priority = 40};
  if (funding.source == money::kPlan) return {.source = money::LotSource::premium, .priority = 10};
  return {};
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
  usage.wallet_id = columns.text();
  usage.job_id = columns.text();
  usage.key_id = columns.text();
  usage.project_id = columns.text();
  usage.source = columns.text();
  usage.is_test = columns.flag();
  usage.product = columns.text();
  usage.price_item = columns.text();
  usage.price_version = columns.small();
  usage.quantity = columns.integer();
  usage.amount = columns.money();
  usage.created_at_ms = columns.integer();
  return usage;
}

Result<void> check(const money::Withdrawal& withdrawal) {
  if (withdrawal.amount <= Money{}) {
    return fail(ErrorCode::invalid_parameter, "The amount is above 0 USD.", "amount");
  }
  if (withdrawal.reference.empty()) {
    return fail(ErrorCode::invalid_parameter, "It needs a reference, so that it counts once.",
                "reference");
  }
  const bool is_known =
      (withdrawal.to == money::kCash && withdrawal.kind == money::kPaymentRefund) ||
      (withdrawal.to == money::kDisputes && withdrawal.kind == money::kDispute) ||
      (withdrawal.to == money::kAdjustment && withdrawal.kind == money::kAdjust) ||
      (withdrawal.to == money::kPlan && withdrawal.kind == money::kGrant);
  if (!is_known) {
    return fail(
        ErrorCode::invalid_parameter,
        "Money leaves to cash as a payment's refund, to disputes as a dispute, to a plan as "
        "what it granted, or as an adjustment.",
        "kind");
  }
  return {};
}

Result<void> check(const money::Refund& refund) {
  if (refund.reason.empty()) {
    return fail(ErrorCode::invalid_parameter, "A refund needs a reason.", "reason");
  }
  if (refund.amount && *refund.amount <= Money{}) {
    return fail(ErrorCode::invalid_parameter, "A refund is above 0 USD.", "amount_usd");
  }
  return {};
}

money::Lot lot_of(const Row& row) {
  Columns columns(row);
  money::Lot lot;
  lot.id = columns.integer();
  lot.wallet_id = columns.text();
  lot.terms.source = money::lot_source_from(columns.text()).value_or(money::LotSource::paid);
  lot.terms.priority = columns.small();
  lot.terms.expires_at_ms = columns.integer();
  lot.amount = columns.money();
  lot.remaining = columns.money();
  lot.held = columns.money();
  lot.created_at_ms = columns.integer();
  return lot;
}

tl::unexpected<Error> used_before(std::string_view reference) {
  return fail(
      ErrorCode::conflict,
      fmt::format("The reference {} was used before, with another amount or account.", reference),
      "reference");
}

// The wallet's entry of what was booked before, whatever the wallet.
Result<std::optional<LedgerEntry>> find_entry(Connection& connection, std::string_view kind,
                                              std::string_view reference) {
  static const std::string kSql =
      std::string(kSelectEntry) + "WHERE txn.kind = $1 AND txn.reference = $2 AND length(hash) > 0";
  // By the transaction's unique key; the entries of one transaction are found by its account.
  TRY_ASSIGN(const auto txn_id,
             connection.first("SELECT id FROM txn WHERE kind = $1 AND reference = $2",
                              {kind, reference}, [](const Row& row) { return row.integer(0); }));
  if (!txn_id) return std::nullopt;
  return connection.first(kSql, {kind, reference}, entry_of);
}

Result<LedgerEntry> same_as(const LedgerEntry& earlier, std::string_view account_id, Money amount,
                            std::string_view reference) {
  if (earlier.account_id == account_id && earlier.amount == amount) return earlier;
  return used_before(reference);
}

Result<Money> amount_of(Connection& connection, const money::Withdrawal& withdrawal) {
  if (withdrawal.lot_priority > 0) {
    TRY_ASSIGN(const Money free,
               free_in_lots(connection, withdrawal.account_id, withdrawal.lot_priority));
    if (withdrawal.up_to_available || withdrawal.amount <= free) {
      return std::min(withdrawal.amount, free);
    }
    return tl::make_unexpected(
        insufficient_credit(withdrawal.amount, free, money::currency_of(withdrawal.account_id)));
  }
  if (!withdrawal.up_to_available) return withdrawal.amount;
  TRY_ASSIGN(
      const auto available,
      connection.first("SELECT posted - held FROM wallet WHERE id = $1", {withdrawal.account_id},
                       [](const Row& row) { return Money{row.integer(0)}; }));
  if (!available) return fail(ErrorCode::not_found, "There is no account with this id.");
  return std::min(withdrawal.amount, *available);
}

struct Charged {
  std::string wallet_id;
  Money captured;
  Money refunded;
  std::int64_t txn_id = 0;
};

Result<Charged> find_charge(Connection& connection, std::string_view job_id) {
  TRY_ASSIGN(auto found,
             connection.first("SELECT wallet_id, captured, refunded, txn.id FROM hold "
                              "JOIN txn ON txn.kind = 'capture' AND txn.reference = hold.job_id "
                              "WHERE job_id = $1 AND state = 'captured'",
                              {job_id}, [](const Row& row) {
                                Columns columns(row);
                                Charged charged;
                                charged.wallet_id = columns.text();
                                charged.captured = columns.money();
                                charged.refunded = columns.money();
                                charged.txn_id = columns.integer();
                                return charged;
                              }));
  if (!found) return fail(ErrorCode::not_found, "There is no charged job with this id.", "job_id");
  return *std::move(found);
}

Result<LedgerEntry> refund_job(Connection& connection, const money::Refund& refund,
                               std::int64_t now_ms) {
  const std::string& reference = refund.reference.empty() ? refund.job_id : refund.reference;
  TRY_ASSIGN(Charged charged, find_charge(connection, refund.job_id));
  TRY(lock_account(connection, charged.wallet_id));
  TRY_ASSIGN(charged, find_charge(connection, refund.job_id));  // as it is now
  TRY_ASSIGN(auto earlier, find_entry(connection, money::kRefund, reference));
  if (earlier) {
    return same_as(*earlier, charged.wallet_id, refund.amount.value_or(earlier->amount), reference);
  }
  const Money left = charged.captured - charged.refunded;
  const Money amount = refund.amount.value_or(left);
  if (amount > left || amount == Money{}) {
    return fail(ErrorCode::conflict,
                fmt::format("{} USD of this charge are left to refund.", money::to_text(left)),
                "amount_usd");
  }
  TRY_ASSIGN(const auto terms, refund_terms(connection, refund.job_id));
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = charged.wallet_id,
                               .amount = amount,
                               .unheld = {},
                               .other = money::kRefunds,
                               .kind = money::kRefund,
                               .reference = reference,
                               .note = refund.reason,
                               .actor = refund.actor,
                               .reverses = charged.txn_id},
                              now_ms));
  TRY(add_lot(
      connection,
      {.wallet_id = charged.wallet_id, .amount = amount, .terms = terms, .txn_id = entry.txn_id},
      now_ms));
  TRY(connection.execute("UPDATE hold SET refunded = refunded + $2 WHERE job_id = $1",
                         {refund.job_id, amount}));
  return entry;
}

class SqlLedgerStore final : public money::LedgerStore {
 public:
  explicit SqlLedgerStore(Database& database) : database_(database) {}

  Result<LedgerEntry> fund(const Funding& funding, std::int64_t now_ms) override {
    TRY(check(funding));
    return database_.write_for(
        funding.account_id, [&](Connection& connection) -> Result<LedgerEntry> {
          // Before the look: the same payment said twice at once is one effect.
          TRY(lock_account(connection, funding.account_id));
          TRY_ASSIGN(auto earlier, find_entry(connection, kind_of(funding), funding.reference));
          if (earlier) {
            return same_as(*earlier, funding.account_id, funding.amount, funding.reference);
          }
          TRY_ASSIGN(auto entry, post(connection,
                                      {.wallet_id = funding.account_id,
                                       .amount = funding.amount,
                                       .unheld = {},
                                       .other = funding.source,
                                       .kind = kind_of(funding),
                                       .reference = funding.reference,
                                       .note = funding.note,
                                       .actor = funding.actor},
                                      now_ms));
          if (funding.amount < Money{}) {
            TRY(take_from_lots(connection, funding.account_id, -funding.amount));
          } else {
            TRY(add_lot(connection,
                        {.wallet_id = funding.account_id,
                         .amount = funding.amount,
                         .terms = terms_of(funding),
                         .txn_id = entry.txn_id},
                        now_ms));
          }
          TRY(settle_debts(connection, funding.account_id, now_ms));
          return entry;
        });
  }

  Result<LedgerEntry> withdraw(const money::Withdrawal& withdrawal, std::int64_t now_ms) override {
    TRY(check(withdrawal));
    return database_.write_for(
        withdrawal.account_id, [&](Connection& connection) -> Result<LedgerEntry> {
          TRY(lock_account(connection, withdrawal.account_id));
          TRY_ASSIGN(auto earlier, find_entry(connection, withdrawal.kind, withdrawal.reference));
          if (earlier) {
            const bool is_same =
                earlier->account_id == withdrawal.account_id &&
                (withdrawal.up_to_available || -earlier->amount == withdrawal.amount);
            if (is_same) return *std::move(earlier);
            return used_before(withdrawal.reference);
          }
          // What has ended is not there any more.
          if (withdrawal.lot_priority > 0) {
            TRY(expire_lots(connection, withdrawal.account_id, now_ms));
          }
          TRY_ASSIGN(const Money amount, amount_of(connection, withdrawal));
          TRY_ASSIGN(auto entry, post(connection,
                                      {.wallet_id = withdrawal.account_id,
                                       .amount = -amount,
                                       .unheld = {},
                                       .other = withdrawal.to,
                                       .kind = withdrawal.kind,
                                       .reference = withdrawal.reference,
                                       .note = withdrawal.note,
                                       .actor = withdrawal.actor},
                                      now_ms));
          TRY(take_from_lots(connection, withdrawal.account_id, amount, withdrawal.lot_priority));
          return entry;
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
    // The groups' columns, as they are or empty.
    const auto column = [](bool is_grouped, std::string_view name) {
      return is_grouped ? std::string(name) : "''";
    };
    const std::string day =
        grouping.by_day ? "created_at_ms - created_at_ms % 86400000" : std::string("0");
    const std::string groups = fmt::format(
        "{}, {}, {}, {}, {}, {}", column(grouping.by_product, "product"),
        column(grouping.by_product, "price_item"), column(grouping.by_key, "key_id"),
        column(grouping.by_project, "project_id"), column(grouping.by_source, "source"), day);
    const std::string sql = fmt::format(
        "SELECT {}, count(*), sum(quantity), sum(usage.amount) "
        "FROM entry CROSS JOIN usage WHERE usage.id = entry.txn_id AND entry.account_id = $1 "
        "AND created_at_ms >= $2 AND created_at_ms < $3 AND ($4 = '' OR product = $4) "
        "AND ($5 = '' OR key_id = $5) AND ($6 = '' OR project_id = $6) AND is_test = $7 "
        "AND ($8 = '' OR source = $8) "
        "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 6, 1, 2, 3, 4, 5",
        groups);
    return database_.read([&](Connection& connection) {
      return connection.all(sql,
                            {query.account_id, query.from_ms, query.until_ms, query.product,
                             query.key_id, query.project_id, query.is_test, query.source},
                            [](const Row& row) {
                              Columns columns(row);
                              UsageTotal total;
                              total.product = columns.text();
                              total.price_item = columns.text();
                              total.key_id = columns.text();
                              total.project_id = columns.text();
                              total.source = columns.text();
                              total.day_ms = columns.integer();
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
  Database& database_;
};

}  // namespace

std::unique_ptr<money::LedgerStore> make_ledger_store(Database& database) {
  return std::make_unique<SqlLedgerStore>(database);
}

}  // namespace understudy::storage
