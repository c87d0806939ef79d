// Add-on credits for dollars, inside a write: the wallet of dollars pays, the wallet of credits
// gets a lot that does not end.
#pragma once

#include "money/top_up_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// The entry of the credits' wallet; a repeated reference gives the first one's and changes nothing.
// Errors: insufficient_credit, conflict (the reference was used for something else), not_found.
Result<money::LedgerEntry> sell_credits(Connection& connection,
                                        const money::CreditPurchase& purchase, std::int64_t now_ms);

}  // namespace understudy::storage
