// The account's documents as the public API and the extension spell them.
#pragma once

#include "accounts/account.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/ledger_store.h"
#include "money/price_book.h"

namespace understudy::account {

json::object user_json(const accounts::Account& account, const accounts::Wallet& wallet);
json::object key_json(const accounts::ApiKey& key, std::int64_t now_ms);
json::object price_json(const money::Price& price);
json::object entry_json(const money::LedgerEntry& entry);
json::object usage_json(const money::UsageRow& usage, const money::PriceBook& prices);
json::object total_json(const money::UsageTotal& total, const money::UsageGrouping& grouping,
                        const money::PriceBook& prices);
json::object job_json(const jobs::Job& job, const money::PriceBook& prices);

// What a quantity of this item counts: "ms", or "clip", "video", "call"; empty when it is not sold.
std::string_view quantity_unit(const money::PriceBook& prices, std::string_view item);

}  // namespace understudy::account
