// KeyStore: the port for what an account's owner may do with keys (AccountStore makes, lists,
// revokes and recognises them). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "base/result.h"
#include "money/budget.h"

namespace understudy::accounts {

struct KeyChange {
  std::optional<std::string> label = {};
  std::optional<std::string> project_id = {};   // empty text: none
  std::optional<int> concurrency = {};          // 0: as the account's plan says
  std::optional<int> requests_per_minute = {};  // 0: as the server is configured
};

struct KeyRotation {
  std::string hash = {};  // of the new text
  std::string hint = {};
  std::int64_t old_until_ms = 0;  // until then the old text works too, and older ones at most
};

// Jobs that are queued or running.
struct LiveJobs {
  std::int64_t of_account = 0;  // those that one of its wallets pays
  std::int64_t of_key = 0;
};

class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // The key and its budgets, or none of them. Errors: not_found (no such account, or no such
  // project in use: param project_id), invalid_parameter and conflict as of BudgetStore::create().
  virtual Result<void> create(const ApiKey& key, std::string_view hash,
                              const std::vector<money::Budget>& budgets) = 0;
  virtual Result<ApiKey> find(std::string_view key_id) = 0;  // not_found
  // Errors: not_found (the account has no such key, or no such project in use).
  virtual Result<void> change(std::string_view account_id, std::string_view key_id,
                              const KeyChange& change) = 0;
  // Errors: not_found, conflict (it was revoked).
  virtual Result<void> rotate(std::string_view key_id, const KeyRotation& rotation) = 0;

  // `wallet_id`: whose jobs count; empty: the account's dollars.
  virtual Result<LiveJobs> live_jobs(std::string_view account_id, std::string_view key_id,
                                     std::string_view wallet_id) = 0;
};

}  // namespace understudy::accounts
