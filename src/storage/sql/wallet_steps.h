// Steps on a wallet, each a few statements of a transaction that others begin and end. Whoever
// calls one has called lock_account() first, behind the job's row and before everything else.
#pragma once

#include <string_view>

#include "base/result.h"
#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// Keeps an account's money to this transaction until it ends: its wallets, lots, holds, budgets,
// payments and debts, all of which are decided on what was read. `wallet_id`: any of its wallets.
Result<void> lock_account(Connection& connection, std::string_view wallet_id);

// The wallet's `held` grows. Errors: insufficient_credit (needed, available, missing), not_found.
// Lots that have ended by then are booked out first.
Result<void> reserve(Connection& connection, std::string_view wallet_id, money::Money amount,
                     std::int64_t now_ms);

// The open hold of a job and its lots, for money that was reserved before.
struct NewHold {
  std::string_view job_id;
  std::string_view wallet_id;
  money::Money amount;
};
Result<void> insert_hold(Connection& connection, const NewHold& hold, std::int64_t now_ms);

// Makes a hold larger (errors: insufficient_credit) or smaller.
struct HoldMove {
  std::string_view job_id;
  std::string_view wallet_id;
  money::Money from;
  money::Money to;
};
Result<void> move_hold(Connection& connection, const HoldMove& move, std::int64_t now_ms);

// Closes the hold and gives all of it back. Without an open hold nothing happens. `reason`: the
// job's failure code, for who is told.
Result<void> release_hold(Connection& connection, std::string_view job_id, std::string_view reason,
                          std::int64_t now_ms);

// Closes the hold, takes `amount` of it as revenue and gives the rest back. Returns the txn.
struct Capture {
  std::string_view job_id;
  std::string_view wallet_id;
  money::Money hold;
  money::Money amount;
};
Result<std::int64_t> capture_hold(Connection& connection, const Capture& capture,
                                  std::int64_t now_ms);

// A transaction between a wallet and one of the house's accounts; the wallet's side of it. The lots
// are the caller's to change by the same amount.
struct Posting {
  std::string_view wallet_id;
  money::Money amount;     // into the wallet; negative: out of it
  money::Money unheld;     // given back from `held` by the same statement
  std::string_view other;  // kCash, kPromo, kAdjustment, kRevenue ...
  std::string_view kind;
  std::string_view reference;
  std::string_view note = {};
  std::string_view actor = {};
  std::int64_t reverses = 0;
};
Result<money::LedgerEntry> post(Connection& connection, const Posting& posting,
                                std::int64_t now_ms);

// Books out the free parts of lots that have ended. Returns how many.
Result<int> expire_lots(Connection& connection, std::string_view wallet_id, std::int64_t now_ms);

// insufficient_credit with extra {needed, available, missing, currency}.
Error insufficient_credit(money::Money needed, money::Money available,
                          std::string_view currency = "usd");

}  // namespace understudy::storage
