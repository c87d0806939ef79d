#include "storage/sql/wallet_steps.h"

#include <array>

#include <fmt/format.h>

#include "base/bytes.h"
#include "storage/sql/dialect.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/wallet_watch.h"

namespace understudy::storage {
namespace {

using money::Money;

tl::unexpected<Error> no_wallet() {
  return fail(ErrorCode::not_found, "There is no account with this id.");
}

tl::unexpected<Error> hold_not_open(std::string_view job_id) {
  return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                          fmt::format("job {} has no open hold", job_id));
}

struct Wallet {
  std::string currency;
  Money posted;
  Money held;
  std::int64_t last_seq = 0;
  std::string last_hash;
  std::int64_t next_expiry_ms = 0;
  WalletWatch watch;
  Money available() const { return posted - held; }
};

Result<Wallet> find_wallet(Connection& connection, std::string_view wallet_id) {
  static const std::string kSql =
      "SELECT currency, posted, held, last_seq, last_hash, next_expiry_ms, " +
      std::string(kWatchColumns) + " FROM wallet WHERE id = $1";
  TRY_ASSIGN(auto wallet,
             connection.first(locking(connection, kSql), {wallet_id}, [](const Row& row) {
               Columns columns(row);
               Wallet found;
               found.currency = columns.text();
               found.posted = columns.money();
               found.held = columns.money();
               found.last_seq = columns.integer();
               found.last_hash = columns.text();
               found.next_expiry_ms = columns.integer();
               found.watch = watch_of(columns);
               return found;
             }));
  if (!wallet) return no_wallet();
  return *std::move(wallet);
}

Result<std::int64_t> insert_txn(Connection& connection, const Posting& posting,
                                std::int64_t now_ms) {
  return connection.insert(
      "INSERT INTO txn (kind, reference, note, actor, reverses, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {posting.kind, posting.reference, posting.note, posting.actor, posting.reverses, now_ms});
}

constexpr std::string_view kInsertEntry =
    "INSERT INTO entry (account_id, seq, txn_id, amount, balance_after, prev_hash, hash) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

// The entry, and what is to be told of the wallet.
struct Posted {
  money::LedgerEntry entry;
  WalletWatch watch;
};

Result<Posted> post_and_watch(Connection& connection, const Posting& posting, std::int64_t now_ms) {
  TRY_ASSIGN(Wallet wallet, find_wallet(connection, posting.wallet_id));
  Money posted;
  if (__builtin_add_overflow(wallet.posted.nano_usd, posting.amount.nano_usd, &posted.nano_usd)) {
    return fail(ErrorCode::invalid_parameter, "A wallet holds at most 9223372036 USD.", "amount");
  }
  const Money held = wallet.held - posting.unheld;
  if (posted < held) {
    return tl::make_unexpected(
        insufficient_credit(-posting.amount, wallet.available(), wallet.currency));
  }
  TRY_ASSIGN(const auto txn_id, insert_txn(connection, posting, now_ms));
  const money::EntryFacts facts{.account_id = posting.wallet_id,
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
                         "WHERE id = $1",
                         {posting.wallet_id, posted, held, facts.seq, Bytes{hash}}));
  TRY(tell_low_balance(connection, wallet.watch, posting.wallet_id, wallet.available(),
                       posted - held, now_ms));
  money::LedgerEntry entry{.account_id = std::string(posting.wallet_id),
                           .seq = facts.seq,
                           .txn_id = txn_id,
                           .kind = std::string(posting.kind),
                           .reference = std::string(posting.reference),
                           .note = std::string(posting.note),
                           .amount = posting.amount,
                           .balance_after = posted,
                           .hash = to_hex(hash),
                           .created_at_ms = now_ms};
  return Posted{.entry = std::move(entry), .watch = std::move(wallet.watch)};
}

}  // namespace

Error insufficient_credit(Money needed, Money available, std::string_view currency) {
  const Money missing = needed - available;
  Error error;
  error.code = ErrorCode::insufficient_credit;
  error.message =
      currency == "usd"
          ? fmt::format(
                "This needs {} USD and {} USD are available in the wallet: top up at least {} USD.",
                money::to_text(needed), money::to_text(available), money::to_text(missing))
          : fmt::format("This needs {} credits and {} are available: {} more are needed.",
                        money::to_text(needed), money::to_text(available), money::to_text(missing));
  error.extra =
      std::make_shared<const json::object>(json::object{{"needed", money::to_json(needed)},
                                                        {"available", money::to_json(available)},
                                                        {"missing", money::to_json(missing)},
                                                        {"currency", currency}});
  return error;
}

Result<void> lock_account(Connection& connection, std::string_view wallet_id) {
  // The wallet of dollars stands for the account.
  return lock_rows(connection,
                   "SELECT 1 FROM wallet WHERE id = (SELECT account_id FROM wallet WHERE id = $1)",
                   {wallet_id});
}

Result<void> reserve(Connection& connection, std::string_view wallet_id, Money amount,
                     std::int64_t now_ms) {
  constexpr std::string_view kReserve =
      "UPDATE wallet SET held = held + $2 "
      "WHERE id = $1 AND posted - held >= $2 AND next_expiry_ms > $3";
  TRY_ASSIGN(auto changed, connection.execute(kReserve, {wallet_id, amount, now_ms}));
  if (changed > 0) return {};
  TRY_ASSIGN(Wallet wallet, find_wallet(connection, wallet_id));
  if (wallet.next_expiry_ms <= now_ms) {
    TRY(expire_lots(connection, wallet_id, now_ms));
    TRY_ASSIGN(changed, connection.execute(kReserve, {wallet_id, amount, now_ms}));
    if (changed > 0) return {};
    TRY_ASSIGN(wallet, find_wallet(connection, wallet_id));
  }
  return tl::make_unexpected(insufficient_credit(amount, wallet.available(), wallet.currency));
}

Result<void> insert_hold(Connection& connection, const NewHold& hold, std::int64_t now_ms) {
  TRY(
      connection.execute("INSERT INTO hold (job_id, wallet_id, amount, created_at_ms) "
                         "VALUES ($1, $2, $3, $4)",
                         {hold.job_id, hold.wallet_id, hold.amount, now_ms}));
  return hold_lots(connection, hold.wallet_id, hold.job_id, hold.amount);
}

Result<void> move_hold(Connection& connection, const HoldMove& move, std::int64_t now_ms) {
  const Money more = move.to - move.from;
  if (more > Money{}) {
    TRY(reserve(connection, move.wallet_id, more, now_ms));
    TRY(hold_more_lots(connection, move.wallet_id, move.job_id, more));
  } else if (more < Money{}) {
    TRY(connection.execute("UPDATE wallet SET held = held + $2 WHERE id = $1",
                           {move.wallet_id, more}));
    TRY(give_back_lots(connection, move.wallet_id, move.job_id, -more));
  }
  TRY_ASSIGN(const auto moved,
             connection.execute("UPDATE hold SET amount = $2 WHERE job_id = $1 AND state = 'open'",
                                {move.job_id, move.to}));
  if (moved == 0) return hold_not_open(move.job_id);
  return {};
}

Result<void> release_hold(Connection& connection, std::string_view job_id, std::string_view reason,
                          std::int64_t now_ms) {
  struct Released {
    std::string wallet_id;
    Money amount;
    WalletWatch watch;
  };
  static const std::string kSql = "SELECT wallet_id, amount, " + std::string(kWatchColumns) +
                                  " FROM hold JOIN wallet ON wallet.id = wallet_id"
                                  " WHERE job_id = $1 AND state = 'open'";
  TRY_ASSIGN(const auto released, connection.first(kSql, {job_id}, [](const Row& row) {
    Columns columns(row);
    Released found;
    found.wallet_id = columns.text();
    found.amount = columns.money();
    found.watch = watch_of(columns);
    return found;
  }));
  if (!released) return {};
  TRY(
      connection.execute("UPDATE hold SET state = 'released', closed_at_ms = $2 "
                         "WHERE job_id = $1 AND state = 'open'",
                         {job_id, now_ms}));
  TRY(connection.execute("UPDATE wallet SET held = held - $2 WHERE id = $1",
                         {released->wallet_id, released->amount}));
  TRY(give_back_lots(connection, released->wallet_id, job_id, released->amount));
  return tell_of_hold(connection, released->watch,
                      {.kind = kTellsReleased,
                       .wallet_id = released->wallet_id,
                       .job_id = job_id,
                       .held = released->amount,
                       .reason = reason},
                      now_ms);
}

Result<std::int64_t> capture_hold(Connection& connection, const Capture& capture,
                                  std::int64_t now_ms) {
  TRY_ASSIGN(const auto closed,
             connection.execute("UPDATE hold SET state = 'captured', captured = $2, "
                                "closed_at_ms = $3 WHERE job_id = $1 AND state = 'open'",
                                {capture.job_id, capture.amount, now_ms}));
  if (closed == 0) return hold_not_open(capture.job_id);
  TRY_ASSIGN(const Posted posted, post_and_watch(connection,
                                                 {.wallet_id = capture.wallet_id,
                                                  .amount = -capture.amount,
                                                  .unheld = capture.hold,
                                                  .other = money::revenue_of(capture.wallet_id),
                                                  .kind = money::kCapture,
                                                  .reference = capture.job_id},
                                                 now_ms));
  TRY(capture_lots(connection, capture.wallet_id, capture.job_id, capture.amount));
  TRY(tell_of_hold(connection, posted.watch,
                   {.kind = kTellsCaptured,
                    .wallet_id = capture.wallet_id,
                    .job_id = capture.job_id,
                    .held = capture.hold,
                    .captured = capture.amount},
                   now_ms));
  return posted.entry.txn_id;
}

Result<int> expire_lots(Connection& connection, std::string_view wallet_id, std::int64_t now_ms) {
  struct Ended {
    std::int64_t id = 0;
    Money amount;
  };
  TRY_ASSIGN(
      const auto ended,
      connection.all("SELECT id, remaining - held FROM grant_lot WHERE wallet_id = $1 "
                     "AND remaining > 0 AND remaining > held AND expires_at_ms <= $2 ORDER BY id",
                     {wallet_id, now_ms}, [](const Row& row) {
                       return Ended{row.integer(0), Money{row.integer(1)}};
                     }));
  for (const Ended& lot : ended) {
    TRY_ASSIGN(const Wallet wallet, find_wallet(connection, wallet_id));
    // A lot can end in parts: what is held at its end follows when it is given back.
    const std::string reference = fmt::format("lot {} at {}", lot.id, wallet.last_seq + 1);
    TRY(post(connection,
             {.wallet_id = wallet_id,
              .amount = -lot.amount,
              .unheld = {},
              .other = money::kBreakage,
              .kind = money::kExpiry,
              .reference = reference},
             now_ms));
    TRY(connection.execute("UPDATE grant_lot SET remaining = held WHERE id = $1", {lot.id}));
  }
  TRY(
      connection.execute("UPDATE wallet SET next_expiry_ms = (SELECT coalesce(min(expires_at_ms),"
                         " $2) FROM grant_lot WHERE wallet_id = $1 AND remaining > 0"
                         " AND remaining > held) WHERE id = $1",
                         {wallet_id, money::kNever}));
  return static_cast<int>(ended.size());
}

Result<money::LedgerEntry> post(Connection& connection, const Posting& posting,
                                std::int64_t now_ms) {
  TRY_ASSIGN(auto posted, post_and_watch(connection, posting, now_ms));
  return std::move(posted.entry);
}

}  // namespace understudy::storage
