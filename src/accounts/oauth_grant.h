// Grants: what a person allowed one program, once. All codes and tokens that came of one consent
// belong to one grant (the "family"), and end with it. Pure rules; storage implements OAuthStore.
//
// A code or refresh token works once. One that comes a second time was stolen, from the thief or by
// the thief, and nobody can tell which of the two is speaking: the grant ends (RFC 6749, 4.1.2 and
// 10.4; RFC 9700, 4.14).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::accounts {

struct OAuthGrant {
  std::string id;
  std::string account_id;
  std::string client_id;
  std::vector<std::string> scopes;
  std::int64_t created_at_ms = 0;
  std::int64_t revoked_at_ms = 0;  // 0: valid
};

struct StoredCode {
  std::string grant_id;
  std::string client_id;
  std::string redirect_uri;
  std::string code_challenge;
  std::int64_t expires_at_ms = 0;
  std::int64_t used_at_ms = 0;  // 0: not yet
};

struct CodeRedemption {
  std::string_view client_id;
  std::string_view redirect_uri;
  std::string_view code_verifier;
};

struct StoredRefresh {
  std::string grant_id;
  std::string client_id;
  std::int64_t expires_at_ms = 0;
  std::int64_t used_at_ms = 0;
};

enum class DeviceState { pending, approved, denied, used };

struct DeviceRequest {
  std::string client_id;
  std::vector<std::string> scopes;
  DeviceState state = DeviceState::pending;
  std::string account_id = {};  // who approved
  std::int64_t interval_ms = 5000;
  std::int64_t polled_at_ms = 0;  // 0: never
  std::int64_t expires_at_ms = 0;
};

// What the token endpoint does with what it was shown.
enum class TokenVerdict {
  granted,
  invalid,   // unknown, expired, of another client, without its proof
  reused,    // the second use: the grant ends
  pending,   // authorization_pending
  too_soon,  // slow_down: the interval grows
  denied,    // access_denied
  expired,   // expired_token
};

TokenVerdict judge_code(const StoredCode& code, const CodeRedemption& shown, std::int64_t now_ms);
TokenVerdict judge_refresh(const StoredRefresh& refresh, std::string_view client_id,
                           std::int64_t now_ms);
TokenVerdict judge_poll(const DeviceRequest& device, std::string_view client_id,
                        std::int64_t now_ms);

// RFC 8628, 3.5: each poll that comes too soon adds this to the interval.
inline constexpr std::int64_t kSlowDownMs = 5000;

}  // namespace understudy::accounts
