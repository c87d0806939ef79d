// OAuthStore: the port for sign-ins, grants and tokens. Everything secret comes as its hash
// (accounts/oauth_text.h). Each call is one atomic step; a verdict other than granted is an answer,
// not an error, so that what it changes (a grant that ends) stays. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/account.h"
#include "accounts/oauth_grant.h"
#include "base/result.h"

namespace understudy::accounts {

// How a person signs in. The e-mail address is in lower case and belongs to one account.
struct Login {
  std::string account_id;
  std::string email;
  std::string password_hash;  // argon2id, in its usual text form
};

struct NewCode {
  std::string hash;
  OAuthGrant grant;  // made with the code
  std::string redirect_uri;
  std::string code_challenge;
  std::int64_t expires_at_ms = 0;
};

struct NewDevice {
  std::string hash;
  std::string user_code_hash;
  DeviceRequest request;
  std::int64_t created_at_ms = 0;
};

// The hashes of the tokens that a granted verdict puts in force.
struct NewTokens {
  std::string access_hash;
  std::string refresh_hash;
  std::int64_t access_expires_at_ms = 0;
  std::int64_t refresh_expires_at_ms = 0;
};

struct TokenOutcome {
  TokenVerdict verdict = TokenVerdict::invalid;
  std::vector<std::string> scopes;  // of a granted one
};

class OAuthStore {
 public:
  virtual ~OAuthStore() = default;

  // Sets or replaces the sign-in of an account, and ends its sessions and grants: who resets a
  // password wants others out. Errors: not_found, conflict (the address is another account's).
  virtual Result<void> set_login(const Login& login, std::int64_t now_ms) = 0;
  virtual Result<std::optional<Login>> find_login(std::string_view email) = 0;
  // The same password with newer parameters.
  virtual Result<void> update_password_hash(const Login& login) = 0;

  virtual Result<void> create_session(std::string_view hash, std::string_view account_id,
                                      std::int64_t expires_at_ms) = 0;
  virtual Result<std::optional<Account>> find_session(std::string_view hash,
                                                      std::int64_t now_ms) = 0;
  virtual Result<void> end_session(std::string_view hash) = 0;

  virtual Result<void> create_code(const NewCode& code) = 0;
  virtual Result<TokenOutcome> redeem_code(std::string_view hash, const CodeRedemption& shown,
                                           const NewTokens& tokens, std::int64_t now_ms) = 0;
  // The old refresh token is used up, the new tokens join its grant.
  virtual Result<TokenOutcome> refresh(std::string_view hash, std::string_view client_id,
                                       const NewTokens& tokens, std::int64_t now_ms) = 0;

  // Errors: conflict (the user code is taken: make another).
  virtual Result<void> create_device(const NewDevice& device) = 0;
  // A request that still waits for a person. Empty when there is none or it has expired.
  virtual Result<std::optional<DeviceRequest>> find_device(std::string_view user_code_hash,
                                                           std::int64_t now_ms) = 0;
  // False when it no longer waits.
  virtual Result<bool> decide_device(std::string_view user_code_hash, std::string_view account_id,
                                     bool is_approved, std::int64_t now_ms) = 0;
  virtual Result<TokenOutcome> poll_device(std::string_view hash, std::string_view client_id,
                                           const NewTokens& tokens, std::int64_t now_ms) = 0;

  // Ends the grant that an access or refresh token belongs to. Unknown tokens and those of other
  // clients change nothing (RFC 7009, 2.2).
  virtual Result<void> revoke(std::string_view token_hash, std::string_view client_id,
                              std::int64_t now_ms) = 0;

  // Who an access token stands for; empty when unknown, expired or revoked. Reads the store on
  // every call.
  virtual Result<std::optional<Principal>> authenticate(std::string_view access_hash,
                                                        std::int64_t now_ms) = 0;

  // Drops what can no longer matter.
  virtual Result<int> purge(std::int64_t now_ms) = 0;
};

}  // namespace understudy::accounts
