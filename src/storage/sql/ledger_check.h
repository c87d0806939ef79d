// The invariants of the ledger, read from the tables. Meant for one snapshot.
//
//   I1  the entries of every transaction sum to zero
//   I2  a wallet's posted is the sum of its entries, and balance_after runs along
//   I3  a wallet's held is the sum of its open holds
//   I4  posted >= held >= 0
//   I6  a terminal job has no open hold; an open hold has exactly one live job
//   I7  every completed job with a price has exactly one usage row, capture and closed hold
//   I8  the usage sums to the revenue
//   I9  every wallet's chain of hashes recomputes
// (I5 grant lots, I10 payment providers and I11 budgets come with their tables.)
#pragma once

#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<money::VerifyReport> check_ledger(Connection& connection);

}  // namespace understudy::storage
