// The steps money takes, each to be called inside a write of a Database. Every guard is in the
// statement that changes the balance, so no other writer can come between the look and the change.
#pragma once

#include <string>
#include <string_view>

#include "money/ledger.h"
#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// held += amount, if that much is available. Errors: insufficient_credit, not_found (no wallet).
Result<void> reserve(Connection& connection, std::string_view account_id, money::Money amount);

// The open hold of a job, for money that was reserved before.
Result<void> insert_hold(Connection& connection, std::string_view job_id,
                         std::string_view account_id, money::Money amount, std::int64_t now_ms);

// Makes a hold larger (errors: insufficient_credit) or smaller.
struct HoldMove {
  std::string_view job_id;
  std::string_view account_id;
  money::Money from;
  money::Money to;
};
Result<void> move_hold(Connection& connection, const HoldMove& move);

// Closes the hold and gives all of it back. Without an open hold nothing happens.
Result<void> release_hold(Connection& connection, std::string_view job_id, std::int64_t now_ms);

// Closes the hold, takes `amount` of it as revenue and gives the rest back. Returns the txn.
struct Capture {
  std::string_view job_id;
  std::string_view account_id;
  money::Money hold;
  money::Money amount;
};
Result<std::int64_t> capture_hold(Connection& connection, const Capture& capture,
                                  std::int64_t now_ms);

// A transaction between a wallet and one of the other accounts; the wallet's side of it.
struct Posting {
  std::string_view account_id;
  money::Money amount;     // into the wallet; negative: out of it
  money::Money unheld;     // given back from `held` by the same statement
  std::string_view other;  // kCash, kPromo, kAdjustment, kRevenue
  std::string_view kind;
  std::string_view reference;
  std::string_view note = {};
  std::string_view actor = {};
};
Result<money::LedgerEntry> post(Connection& connection, const Posting& posting,
                                std::int64_t now_ms);

// insufficient_credit with extra {needed, available, missing}.
Error insufficient_credit(money::Money needed, money::Money available);

}  // namespace understudy::storage
