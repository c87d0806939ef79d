// The account's lists as CSV (RFC 4180: CRLF, quotes doubled). Amounts are exact decimals;
// their columns are named with the currency of the wallet.
#pragma once

#include <string>
#include <vector>

#include "money/ledger_store.h"
#include "money/price_book.h"

namespace understudy::account {

std::string prices_csv(const money::PriceBook& prices);
std::string entries_csv(const std::vector<money::LedgerEntry>& entries, std::string_view wallet_id);
std::string usage_csv(const std::vector<money::UsageRow>& usage, std::string_view wallet_id,
                      const money::PriceBook& prices);

}  // namespace understudy::account
