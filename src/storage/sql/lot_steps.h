// Steps on the lots of a wallet: where its money came from, and so in which order it is spent. Each
// runs inside the transaction of whatever changed `posted` or `held` of the wallet by the same
// amount; the sums over a wallet's lots are these two numbers (invariant I5).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "money/ledger.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

struct NewLot {
  std::string_view wallet_id;
  money::Money amount;  // above 0
  money::LotTerms terms;
  std::int64_t txn_id = 0;
};
Result<void> add_lot(Connection& connection, const NewLot& lot, std::int64_t now_ms);

// Money that leaves without a hold: the free parts, in the order of spending. `priority`: only of
// lots with it; 0: of all.
Result<void> take_from_lots(Connection& connection, std::string_view wallet_id, money::Money amount,
                            int priority = 0);
// The free parts of lots of this priority.
Result<money::Money> free_in_lots(Connection& connection, std::string_view wallet_id, int priority);

// Reserves `amount` for a job that has no parts yet.
Result<void> hold_lots(Connection& connection, std::string_view wallet_id, std::string_view job_id,
                       money::Money amount);
// Reserves `amount` more; the parts are recorded behind those it has.
Result<void> hold_more_lots(Connection& connection, std::string_view wallet_id,
                            std::string_view job_id, money::Money amount);

// Gives `amount` of a job's parts back, the last first.
Result<void> give_back_lots(Connection& connection, std::string_view wallet_id,
                            std::string_view job_id, money::Money amount);

// Takes `amount` from a job's parts, the first first, and gives the rest back.
Result<void> capture_lots(Connection& connection, std::string_view wallet_id,
                          std::string_view job_id, money::Money amount);

// The terms under which a job's money came, for a refund: of the first part that was captured, but
// without an end.
Result<money::LotTerms> refund_terms(Connection& connection, std::string_view job_id);

}  // namespace understudy::storage
