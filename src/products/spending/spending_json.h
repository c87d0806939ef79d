// The documents of this product. Amounts are exact decimals in USD, times seconds since 1970.
#pragma once

#include "accounts/account.h"
#include "accounts/project_store.h"
#include "base/json.h"
#include "money/budget_store.h"
#include "money/ledger_store.h"

namespace understudy::spending {

json::object project_json(const accounts::Project& project);
json::object budget_json(const money::BudgetState& state);
json::object key_json(const accounts::ApiKey& key, std::int64_t now_ms);
json::object wallet_json(const accounts::Wallet& wallet);
json::array lots_json(const std::vector<money::Lot>& lots);

}  // namespace understudy::spending
