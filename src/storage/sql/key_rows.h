// Rows of api_key, in the transaction of whoever reads or writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "base/result.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

inline constexpr std::string_view kSelectKey =
    "SELECT id, account_id, label, hint, scopes, is_operator, created_at_ms, expires_at_ms,"
    " revoked_at_ms, is_test, project_id, concurrency, requests_per_minute FROM api_key";
accounts::ApiKey key_of(const Row& row);  // of kSelectKey

// Scopes are stored separated by spaces.
std::vector<std::string> scopes_of(std::string_view text);

// Errors: not_found (no such account), conflict (the id or the hash exists).
Result<void> insert_key(Connection& connection, const accounts::ApiKey& key, std::string_view hash);

}  // namespace understudy::storage
