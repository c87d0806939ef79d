// The invariants of the ledger, read from the tables. Meant for one snapshot.
//
//   I1   the entries of every transaction sum to zero
//   I2   a wallet's posted is the sum of its entries, and it knows the last of them
//   I3   a wallet's held is the sum of its open holds
//   I4   posted >= held >= 0
//   I5   a wallet's lots sum to what is posted and held; what a lot holds is what jobs hold of it
//   I6   a terminal job has no open hold; an open hold has exactly one live job
//   I7   every completed job with a price has exactly one usage row, capture and closed hold
//   I8   the usage sums to the revenue, in each currency
//   I9   every wallet's chain of hashes recomputes
//   I10  what was refunded of a charge is what its refunds say
//   I11  spent + held of a budget's period is within its cap, and is what its jobs spent and hold
//   I12  a paid top-up is credited once, what took it back is booked, the rest is owed
//   I13  the seals follow each other, and the root of each recomputes from the entries
// (I14, the signatures of the seals, needs the installation's key: money/seal.h.)
#pragma once

#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<money::VerifyReport> check_ledger(Connection& connection);

}  // namespace understudy::storage
