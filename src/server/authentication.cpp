#include "server/authentication.h"

#include "accounts/account.h"
#include "accounts/oauth_text.h"
#include "money/ledger.h"

namespace understudy::server {

api::Authenticate authenticate_with(accounts::AccountStore& store, Engine& engine,
                                    int concurrency) {
  return [&, concurrency](std::string_view key) -> Result<std::optional<accounts::Principal>> {
    if (!accounts::is_key_text(key)) return std::optional<accounts::Principal>();
    TRY_ASSIGN(auto principal, store.authenticate(accounts::key_hash(key), engine.clock.now_ms()));
    if (!principal) return principal;
    TRY_ASSIGN(const auto terms, engine.plans.terms(principal->account_id));
    principal->account_concurrency = concurrency < 0 ? terms.concurrency_keys : concurrency;
    if (!terms.is_usage_based) return principal;
    principal->wallet_id = money::credits_wallet(principal->account_id);
    TRY(engine.plans.allocate(principal->account_id));
    return principal;
  };
}

api::Authenticate authenticate_bearer_with(accounts::OAuthStore& store, Engine& engine) {
  return [&](std::string_view token) -> Result<std::optional<accounts::Principal>> {
    if (!accounts::is_oauth_text(accounts::OAuthText::access, token)) {
      return std::optional<accounts::Principal>();
    }
    TRY_ASSIGN(auto principal,
               store.authenticate(accounts::oauth_hash(token), engine.clock.now_ms()));
    if (!principal) return principal;
    TRY_ASSIGN(const auto terms, engine.plans.terms(principal->account_id));
    principal->account_concurrency = terms.concurrency_oauth;
    TRY(engine.plans.allocate(principal->account_id));
    return principal;
  };
}

}  // namespace understudy::server
