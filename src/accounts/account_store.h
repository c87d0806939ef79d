// AccountStore: the port for accounts, keys and wallet balances. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "accounts/account.h"
#include "base/result.h"

namespace understudy::accounts {

struct AccountWithWallet {
  Account account;
  Wallet wallet;
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;

  virtual Result<void> create_account(const Account& account) = 0;  // Errors: conflict (id)
  virtual Result<Account> find_account(std::string_view id) = 0;    // Errors: not_found
  virtual Result<std::vector<Account>> list_accounts() = 0;
  virtual Result<void> create_key(const ApiKey& key, std::string_view hash) = 0;
  virtual Result<std::vector<ApiKey>> list_keys(std::string_view account_id) = 0;
  virtual Result<void> revoke_key(std::string_view key_id, std::int64_t now_ms) = 0;  // not_found

  // The principal behind a key's hash; empty when unknown, revoked or expired. Reads the store on
  // every call: a revoked key is refused at once.
  virtual Result<std::optional<Principal>> authenticate(std::string_view hash,
                                                        std::int64_t now_ms) = 0;

  // An account with its wallet, of one moment. Errors: not_found.
  virtual Result<AccountWithWallet> find_with_wallet(std::string_view account_id) = 0;

  virtual Result<Wallet> wallet(std::string_view account_id) = 0;  // Errors: not_found
};

// In place of an account's id: the account that was made with the installation.
inline constexpr std::string_view kOwner = "owner";

// The account of an id, or of kOwner. Errors: not_found.
Result<Account> find_account_or_owner(AccountStore& store, std::string_view id);

}  // namespace understudy::accounts
