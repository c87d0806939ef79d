#include "accounts/oauth_grant.h"

#include "accounts/oauth_text.h"
#include "base/bytes.h"

namespace understudy::accounts {

TokenVerdict judge_code(const StoredCode& code, const CodeRedemption& shown, std::int64_t now_ms) {
  // Another program, another address or no proof: not the one that the person was sent by, so it
  // also cannot end that one's grant.
  const bool is_same = equal_in_constant_time(code.client_id, shown.client_id) &&
                       equal_in_constant_time(code.redirect_uri, shown.redirect_uri) &&
                       proves(shown.code_verifier, code.code_challenge);
  if (!is_same) return TokenVerdict::invalid;
  if (code.used_at_ms != 0) return TokenVerdict::reused;
  return now_ms < code.expires_at_ms ? TokenVerdict::granted : TokenVerdict::invalid;
}

TokenVerdict judge_refresh(const StoredRefresh& refresh, std::string_view client_id,
                           std::int64_t now_ms) {
  if (!equal_in_constant_time(refresh.client_id, client_id)) return TokenVerdict::invalid;
  if (refresh.used_at_ms != 0) return TokenVerdict::reused;
  return now_ms < refresh.expires_at_ms ? TokenVerdict::granted : TokenVerdict::invalid;
}

TokenVerdict judge_poll(const DeviceRequest& device, std::string_view client_id,
                        std::int64_t now_ms) {
  if (!equal_in_constant_time(device.client_id, client_id)) return TokenVerdict::invalid;
  if (device.state == DeviceState::used) return TokenVerdict::reused;
  if (now_ms >= device.expires_at_ms) return TokenVerdict::expired;
  if (device.polled_at_ms != 0 && now_ms < device.polled_at_ms + device.interval_ms) {
    return TokenVerdict::too_soon;
  }
  switch (device.state) {
    case DeviceState::approved: return TokenVerdict::granted;
    case DeviceState::denied: return TokenVerdict::denied;
    case DeviceState::pending:
    case DeviceState::used: break;
  }
  return TokenVerdict::pending;
}

}  // namespace understudy::accounts
