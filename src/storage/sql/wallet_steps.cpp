#include "storage/sql/wallet_steps.h"

#include <array>

#include <fmt/format.h>

#include "base/bytes.h"
#include "storage/sql/dialect.h"

namespace understudy::storage {
namespace {

using money::Money;

tl::unexpected<Error> no_wallet() {
  return fail(ErrorCode::not_found, "There is no account with this id.");
}

// Why a guarded change of the wallet found no row.
Result<void> refusal(Connection& connection, std::string_view account_id, Money needed) {
  TRY_ASSIGN(const auto available,
             connection.first("SELECT posted - held FROM wallet WHERE account_id = $1",
                              {account_id}, [](const Row& row) { return Money{row.integer(0)}; }));
  if (!available) return no_wallet();
  return tl::make_unexpected(insufficient_credit(needed, *available));
}

tl::unexpected<Error> hold_not_open(std::string_view job_id) {
  return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                          fmt::format("job {} has no open hold", job_id));
}

struct Wallet {
  Money posted;
  Money held;
  std::int64_t last_seq = 0;
  std::string last_hash;
};

// Locked, because what is written is computed from it.
Result<Wallet> find_wallet(Connection& connection, std::string_view account_id) {
  TRY(lock_rows(connection, "SELECT 1 FROM wallet WHERE account_id = $1", {account_id}));
  TRY_ASSIGN(auto wallet, connection.first("SELECT posted, held, last_seq, last_hash FROM wallet "
                                           "WHERE account_id = $1",
                                           {account_id}, [](const Row& row) {
                                             Columns columns(row);
                                             Wallet found;
                                             found.posted = columns.money();
                                             found.held = columns.money();
                                             found.last_seq = columns.integer();
                                             found.last_hash = columns.text();
                                             return found;
                                           }));
  if (!wallet) return no_wallet();
  return *std::move(wallet);
}

Result<std::int64_t> insert_txn(Connection& connection, const Posting& posting,
                                std::int64_t now_ms) {
  return connection.insert(
      "INSERT INTO txn (kind, reference, note, actor, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5)",
      {posting.kind, posting.reference, posting.note, posting.actor, now_ms});
}

constexpr std::string_view kInsertEntry =
    "INSERT INTO entry (account_id, seq, txn_id, amount, balance_after, prev_hash, hash) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

}  // namespace

Error insufficient_credit(Money needed, Money available) {
  const Money missing = needed - available;
  Error error;
  error.code = ErrorCode::insufficient_credit;
  error.message = fmt::format(
      "This needs {} USD and {} USD are available in the wallet: top up at least {} USD.",
      money::to_text(needed), money::to_text(available), money::to_text(missing));
  error.extra =
      std::make_shared<const json::object>(json::object{{"needed", money::to_json(needed)},
                                                        {"available", money::to_json(available)},
                                                        {"missing", money::to_json(missing)}});
  return error;
}

Result<void> reserve(Connection& connection, std::string_view account_id, Money amount) {
  TRY_ASSIGN(const auto changed, connection.execute("UPDATE wallet SET held = held + $2 "
                                                    "WHERE account_id = $1 AND posted - held >= $2",
                                                    {account_id, amount}));
  if (changed == 0) return refusal(connection, account_id, amount);
  return {};
}

Result<void> insert_hold(Connection& connection, std::string_view job_id,
                         std::string_view account_id, Money amount, std::int64_t now_ms) {
  TRY(
      connection.execute("INSERT INTO hold (job_id, account_id, amount, created_at_ms) "
                         "VALUES ($1, $2, $3, $4)",
                         {job_id, account_id, amount, now_ms}));
  return {};
}

Result<void> move_hold(Connection& connection, const HoldMove& move) {
  const Money more = move.to - move.from;
  TRY_ASSIGN(const auto changed, connection.execute("UPDATE wallet SET held = held + $2 "
                                                    "WHERE account_id = $1 AND posted - held >= $2",
                                                    {move.account_id, more}));
  if (changed == 0) return refusal(connection, move.account_id, more);
  TRY_ASSIGN(const auto moved,
             connection.execute("UPDATE hold SET amount = $2 WHERE job_id = $1 AND state = 'open'",
                                {move.job_id, move.to}));
  if (moved == 0) return hold_not_open(move.job_id);
  return {};
}

Result<void> release_hold(Connection& connection, std::string_view job_id, std::int64_t now_ms) {
  struct Released {
    std::string account_id;
    Money amount;
  };
  TRY_ASSIGN(const auto released,
             connection.first("UPDATE hold SET state = 'released', closed_at_ms = $2 "
                              "WHERE job_id = $1 AND state = 'open' RETURNING account_id, amount",
                              {job_id, now_ms}, [](const Row& row) {
                                Columns columns(row);
                                return Released{columns.text(), columns.money()};
                              }));
  if (!released) return {};
  TRY(connection.execute("UPDATE wallet SET held = held - $2 WHERE account_id = $1",
                         {released->account_id, released->amount}));
  return {};
}

Result<std::int64_t> capture_hold(Connection& connection, const Capture& capture,
                                  std::int64_t now_ms) {
  TRY_ASSIGN(const auto closed,
             connection.execute("UPDATE hold SET state = 'captured', captured = $2, "
                                "closed_at_ms = $3 WHERE job_id = $1 AND state = 'open'",
                                {capture.job_id, capture.amount, now_ms}));
  if (closed == 0) return hold_not_open(capture.job_id);
  TRY_ASSIGN(const auto entry, post(connection,
                                    {.account_id = capture.account_id,
                                     .amount = -capture.amount,
                                     .unheld = capture.hold,
                                     .other = money::kRevenue,
                                     .kind = "capture",
                                     .reference = capture.job_id},
                                    now_ms));
  return entry.txn_id;
}

Result<money::LedgerEntry> post(Connection& connection, const Posting& posting,
                                std::int64_t now_ms) {
  TRY_ASSIGN(const Wallet wallet, find_wallet(connection, posting.account_id));
  const Money posted = wallet.posted + posting.amount;
  const Money held = wallet.held - posting.unheld;
  if (posted < held) {
    return tl::make_unexpected(insufficient_credit(-posting.amount, wallet.posted - wallet.held));
  }
  TRY_ASSIGN(const auto txn_id, insert_txn(connection, posting, now_ms));
  const money::EntryFacts facts{.account_id = posting.account_id,
                                .seq = wallet.last_seq + 1,
                                .txn_id = txn_id,
                                .kind = posting.kind,
                                .reference = posting.reference,
                                .amount = posting.amount,
                                .balance_after = posted,
                                .created_at_ms = now_ms};
  const std::string hash = money::entry_hash(wallet.last_hash, facts);
  TRY(connection.execute(kInsertEntry, {facts.account_id, facts.seq, txn_id, facts.amount, posted,
                                        Bytes{wallet.last_hash}, Bytes{hash}}));
  TRY(connection.execute(kInsertEntry,
                         {posting.other, txn_id, txn_id, -posting.amount, 0, Bytes{}, Bytes{}}));
  TRY(
      connection.execute("UPDATE wallet SET posted = $2, held = $3, last_seq = $4, last_hash = $5 "
                         "WHERE account_id = $1",
                         {posting.account_id, posted, held, facts.seq, Bytes{hash}}));
  return money::LedgerEntry{.account_id = std::string(posting.account_id),
                            .seq = facts.seq,
                            .txn_id = txn_id,
                            .kind = std::string(posting.kind),
                            .reference = std::string(posting.reference),
                            .note = std::string(posting.note),
                            .amount = posting.amount,
                            .balance_after = posted,
                            .hash = to_hex(hash),
                            .created_at_ms = now_ms};
}

}  // namespace understudy::storage
