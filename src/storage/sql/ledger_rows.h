// Entries, usage and lots of the ledger as rows: reading. Inside a read or write.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

extern const std::string kSelectEntry;  // "SELECT <columns> FROM entry JOIN txn ... "

money::LedgerEntry entry_of(const Row& row);
money::UsageRow usage_of(const Row& row);
money::Lot lot_of(const Row& row);

// The wallet's entry of what was booked before, whatever the wallet.
Result<std::optional<money::LedgerEntry>> find_entry(Connection& connection, std::string_view kind,
                                                     std::string_view reference);

Result<std::vector<money::UsageTotal>> usage_totals(Connection& connection,
                                                    const money::UsageQuery& query,
                                                    const money::UsageGrouping& grouping);

}  // namespace understudy::storage
