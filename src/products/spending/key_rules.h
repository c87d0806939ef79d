// What a key may make: never a key that may do more than itself. And the fields that a cap shares
// with a budget.
#pragma once

#include <string>
#include <vector>

#include "accounts/account.h"
#include "base/json.h"
#include "base/result.h"
#include "money/budget.h"

namespace understudy::spending {

// The scopes of a new key: of the body, or the maker's own when it names none. Errors:
// invalid_parameter, insufficient_api_key_scope.
Result<std::vector<std::string>> scopes_for(const accounts::Principal& maker,
                                            const json::object& body);

// Errors: forbidden, insufficient_api_key_scope when `key` may do more than `maker`.
Result<void> check_no_more_than(const accounts::Principal& maker, const accounts::ApiKey& key);

// period, limit_usd, time_zone and alerts of a budget, or of an entry of `caps`. Errors:
// invalid_parameter.
Result<void> read_cap(const json::object& body, money::Budget& budget);
Result<std::vector<int>> read_alerts(const json::value& value);

// The budgets of a new key. Errors: invalid_parameter with param caps.
Result<std::vector<money::Budget>> read_caps(const json::object& body, const accounts::ApiKey& key);

}  // namespace understudy::spending
