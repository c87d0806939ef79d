// The account's documents as the public API and the extension spell them.
#pragma once

#include <span>

#include "accounts/account.h"
#include "accounts/plan.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/ledger_store.h"
#include "money/price_book.h"
#include "money/top_up.h"

namespace understudy::account {

// The user and one way of paying: wallet_json(), subscription_json() or usage_based_json(), under
// its billing_type.
json::object user_json(const accounts::Account& account, std::string_view billing_type,
                       json::object billing);
json::object wallet_json(const accounts::Wallet& wallet, const money::AutoReload& reload);
json::object subscription_json(std::string_view plan, std::int64_t resets_at_ms,
                               std::span<const money::Lot> lots);
json::object usage_based_json(const accounts::AccountPlan& plan, money::Money overage_brought,
                              std::span<const money::Lot> lots);
json::object key_json(const accounts::ApiKey& key, std::int64_t now_ms);
json::object price_json(const money::Price& price);
// Amounts of a wallet are named with its currency: amount_usd, amount_credits.
json::object entry_json(const money::LedgerEntry& entry);
json::object usage_json(const money::UsageRow& usage, const money::PriceBook& prices);
json::object total_json(const money::UsageTotal& total, const money::UsageGrouping& grouping,
                        std::string_view wallet_id, const money::PriceBook& prices);
json::object job_json(const jobs::Job& job, const money::PriceBook& prices);

// What a quantity of this item counts: "ms", or "clip", "video", "call"; empty when it is not sold.
std::string_view quantity_unit(const money::PriceBook& prices, std::string_view item);

}  // namespace understudy::account
