// OAuthService: what the sign-in pages and the token endpoints do, over the ports. Any thread;
// calls that check a password wait, so they belong on the pool.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/oauth_authorization.h"
#include "accounts/oauth_password.h"
#include "accounts/oauth_settings.h"
#include "accounts/oauth_store.h"
#include "accounts/oauth_throttle.h"
#include "base/clock.h"

namespace understudy::oauth {

// A text that is told once, and what is kept of it.
struct IssuedTokens {
  std::string access;
  std::string refresh;
  std::int64_t expires_in_s = 0;
  std::vector<std::string> scopes;
};

struct TokenAnswer {
  accounts::TokenVerdict verdict = accounts::TokenVerdict::invalid;
  IssuedTokens tokens;  // of a granted verdict
};

struct IssuedDevice {
  std::string device_code;
  std::string user_code;
};

struct SignIn {
  enum class Outcome { ok, wrong, throttled };
  Outcome outcome = Outcome::wrong;
  std::string session;      // the text of the new session's cookie
  std::int64_t wait_s = 0;  // of a throttled one
};

class OAuthService {
 public:
  // The store and the clock are borrowed; `secret` signs the forms' tokens.
  OAuthService(accounts::OAuthStore& store, const Clock& clock, accounts::OAuthSettings settings,
               std::string secret);

  const accounts::OAuthSettings& settings() const { return settings_; }
  std::string issuer(std::string_view base_url) const;
  const accounts::OAuthClient* client(std::string_view id) const;

  // Who a session's cookie stands for, if it does.
  Result<std::optional<accounts::Account>> visitor(std::string_view session);
  // Wrong address, wrong password and no password take the same time and give the same answer.
  // Errors: service_unavailable.
  Result<SignIn> sign_in(std::string_view email, std::string_view password,
                         std::string_view remote_address);
  Result<void> sign_out(std::string_view session);
  // Sets how an account signs in. Errors: invalid_parameter, conflict, not_found.
  Result<void> set_password(std::string_view account_id, std::string_view email,
                            std::string_view password);

  // What a form must carry to be from a page of ours, in this browser.
  std::string csrf_token(std::string_view browser, std::string_view session) const;

  Result<std::string> issue_code(const accounts::AuthorizationRequest& request,
                                 std::string_view account_id);
  Result<TokenAnswer> redeem_code(std::string_view code, const accounts::CodeRedemption& shown);
  Result<TokenAnswer> refresh(std::string_view refresh_token, std::string_view client_id);
  Result<void> revoke(std::string_view token, std::string_view client_id);

  // Errors: rate_limit_exceeded.
  Result<IssuedDevice> start_device(std::string_view client_id, std::vector<std::string> scopes,
                                    std::string_view remote_address);
  // The request behind what a person typed; empty when there is none. Errors: rate_limit_exceeded
  // (too many wrong codes from this account).
  Result<std::optional<accounts::DeviceRequest>> find_device(std::string_view user_code,
                                                             std::string_view account_id);
  Result<bool> decide_device(std::string_view user_code, std::string_view account_id,
                             bool is_approved);
  Result<TokenAnswer> poll_device(std::string_view device_code, std::string_view client_id);

 private:
  struct Prepared {
    IssuedTokens texts;
    accounts::NewTokens hashes;
  };
  Prepared prepare() const;
  static TokenAnswer answer(accounts::TokenOutcome outcome, Prepared prepared);

  accounts::OAuthStore& store_;
  const Clock& clock_;
  accounts::OAuthSettings settings_;
  std::string secret_;
  accounts::PasswordHasher hasher_;
  accounts::Throttle by_account_;
  accounts::Throttle by_address_;
  accounts::Throttle device_starts_;
  accounts::Throttle device_guesses_;
};

// "Name@Example.com " as it is kept; empty when it cannot be an address.
std::string normal_email(std::string_view typed);

}  // namespace understudy::oauth
