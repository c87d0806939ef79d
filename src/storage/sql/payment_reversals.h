// Refunds and disputes inside a write: what a wallet has to give back, what it gave, what it owes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "money/top_up_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// Books what an event says; the money moves when its payment is credited (now or later).
Result<money::Applied> book_reversal(Connection& connection, const money::ReversalFacts& facts,
                                     const money::TopUp* top_up, std::int64_t now_ms);

// Of a payment that was credited this moment: what was taken back before it was known.
Result<void> adopt_reversals(Connection& connection, const money::TopUp& top_up,
                             std::int64_t now_ms);

// Takes what is owed out of what is available, oldest first, and keeps wallet_debt right. True when
// money moved.
Result<bool> settle_debts(Connection& connection, std::string_view account_id, std::int64_t now_ms);

Result<std::vector<money::Debt>> find_debts(Connection& connection, std::string_view account_id);

// insufficient_credit with extra {owed, missing, currency}: nothing new is held meanwhile.
Error in_debt(money::Money owed);

}  // namespace understudy::storage
