// Money that comes into a wallet, leaves it, or is given back for a job. Inside a write; the caller
// has checked the rules. What was booked before under the same reference is not booked again.
#pragma once

#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// The rules that need no database. Errors: invalid_parameter.
Result<void> check(const money::Funding& funding);
Result<void> check(const money::Withdrawal& withdrawal);
Result<void> check(const money::Refund& refund);

// Errors: conflict (the reference was used with another amount or account); not_found.
Result<money::LedgerEntry> add_funding(Connection& connection, const money::Funding& funding,
                                       std::int64_t now_ms);
// The same, and insufficient_credit.
Result<money::LedgerEntry> take_withdrawal(Connection& connection,
                                           const money::Withdrawal& withdrawal,
                                           std::int64_t now_ms);
Result<money::LedgerEntry> refund_job(Connection& connection, const money::Refund& refund,
                                      std::int64_t now_ms);

}  // namespace understudy::storage
