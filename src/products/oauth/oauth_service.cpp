#include "products/oauth/oauth_service.h"

#include <algorithm>

#include "accounts/oauth_text.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"

namespace understudy::oauth {

using accounts::new_oauth_text;
using accounts::oauth_hash;
using accounts::OAuthText;
using accounts::TokenVerdict;

namespace {

constexpr std::int64_t kWindowMs = 15 * 60 * 1000;
constexpr int kTriesByAccount = 10;
constexpr int kTriesByAddress = 50;  // an office may share one
constexpr int kDeviceStarts = 100;
constexpr int kDeviceGuesses = 10;
constexpr std::size_t kEmailMax = 254;
constexpr int kUserCodeTries = 5;

accounts::Throttle::Limit limit(int attempts) {
  return {.attempts_max = attempts, .window_ms = kWindowMs};
}

std::int64_t whole_seconds(std::int64_t ms) { return (ms + 999) / 1000; }

tl::unexpected<Error> too_often(std::int64_t wait_ms, std::string message) {
  Error error;
  error.code = ErrorCode::rate_limit_exceeded;
  error.message = std::move(message);
  error.retry_after_s = static_cast<int>(whole_seconds(wait_ms));
  return tl::make_unexpected(std::move(error));
}

}  // namespace

std::string normal_email(std::string_view typed) {
  const std::string email = lower_case(trimmed(typed));
  const auto at = email.find('@');
  const bool is_address =
      at != std::string::npos && at > 0 && at + 1 < email.size() && at == email.rfind('@') &&
      email.size() <= kEmailMax && is_valid_utf8(email) &&
      std::none_of(email.begin(), email.end(),
                   [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
  return is_address ? email : std::string();
}

OAuthService::OAuthService(accounts::OAuthStore& store, const Clock& clock,
                           accounts::OAuthSettings settings, std::string secret)
    : store_(store),
      clock_(clock),
      settings_(std::move(settings)),
      secret_(std::move(secret)),
      by_account_(limit(kTriesByAccount)),
      by_address_(limit(kTriesByAddress)),
      device_starts_(limit(kDeviceStarts)),
      device_guesses_(limit(kDeviceGuesses)) {}

std::string OAuthService::issuer(std::string_view base_url) const {
  return settings_.issuer.empty() ? std::string(base_url) : settings_.issuer;
}

const accounts::OAuthClient* OAuthService::client(std::string_view id) const {
  return accounts::find_client(settings_.clients, id);
}

Result<std::optional<accounts::Account>> OAuthService::visitor(std::string_view session) {
  if (!accounts::is_oauth_text(OAuthText::session, session)) {
    return std::optional<accounts::Account>();
  }
  return store_.find_session(oauth_hash(session), clock_.now_ms());
}

Result<SignIn> OAuthService::sign_in(std::string_view typed, std::string_view password,
                                     std::string_view remote_address) {
  const std::string email = normal_email(typed);
  const std::int64_t now = clock_.now_ms();
  // An address that is no address is counted, and compared with nobody's password, as any other.
  const std::int64_t wait =
      std::max(by_address_.admit(remote_address, now), by_account_.admit(email, now));
  if (wait > 0) {
    return SignIn{
        .outcome = SignIn::Outcome::throttled, .session = {}, .wait_s = whole_seconds(wait)};
  }
  TRY_ASSIGN(auto login, store_.find_login(email));
  TRY_ASSIGN(const bool is_right,
             hasher_.verify(login ? login->password_hash : std::string(), password));
  if (!login || !is_right) {
    log::info("sign-in refused from {}", remote_address);
    return SignIn{};
  }
  by_address_.undo(remote_address);
  by_account_.forget(email);
  if (hasher_.is_outdated(login->password_hash)) {
    TRY_ASSIGN(login->password_hash, hasher_.hash(password));
    TRY(store_.update_password_hash(*login));
  }
  SignIn done{.outcome = SignIn::Outcome::ok, .session = new_oauth_text(OAuthText::session)};
  TRY(store_.create_session(oauth_hash(done.session), login->account_id,
                            now + settings_.session_lifetime_s * 1000));
  return done;
}

Result<void> OAuthService::sign_out(std::string_view session) {
  return store_.end_session(oauth_hash(session));
}

Result<void> OAuthService::set_password(std::string_view account_id, std::string_view typed,
                                        std::string_view password) {
  accounts::Login login;
  login.email = normal_email(typed);
  if (login.email.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "An e-mail address is needed to sign in with; give one with --email.", "email");
  }
  TRY(accounts::check_password_rules(password));
  login.account_id = account_id;
  TRY_ASSIGN(login.password_hash, hasher_.hash(password));
  TRY(store_.set_login(login, clock_.now_ms()));
  by_account_.forget(login.email);
  return {};
}

std::string OAuthService::csrf_token(std::string_view browser, std::string_view session) const {
  return to_hex(
      hmac_sha256(secret_, "csrf\n" + std::string(browser) + "\n" + std::string(session)));
}

// ------------------------------------------------------------------------------- codes and tokens

OAuthService::Prepared OAuthService::prepare() const {
  const std::int64_t now = clock_.now_ms();
  Prepared made;
  made.texts.access = new_oauth_text(OAuthText::access);
  made.texts.refresh = new_oauth_text(OAuthText::refresh);
  made.texts.expires_in_s = settings_.access_lifetime_s;
  made.hashes = {.access_hash = oauth_hash(made.texts.access),
                 .refresh_hash = oauth_hash(made.texts.refresh),
                 .access_expires_at_ms = now + settings_.access_lifetime_s * 1000,
                 .refresh_expires_at_ms = now + settings_.refresh_lifetime_s * 1000};
  return made;
}

TokenAnswer OAuthService::answer(accounts::TokenOutcome outcome, Prepared prepared) {
  TokenAnswer made{.verdict = outcome.verdict, .tokens = {}};
  if (outcome.verdict == TokenVerdict::reused) {
    log::warn("OAuth: a code or refresh token came a second time; its grant has ended");
  }
  if (outcome.verdict != TokenVerdict::granted) return made;
  made.tokens = std::move(prepared.texts);
  made.tokens.scopes = std::move(outcome.scopes);
  return made;
}

Result<std::string> OAuthService::issue_code(const accounts::AuthorizationRequest& request,
                                             std::string_view account_id) {
  const std::int64_t now = clock_.now_ms();
  std::string text = new_oauth_text(OAuthText::code);
  accounts::NewCode code;
  code.hash = oauth_hash(text);
  code.grant = {.id = new_id(now),
                .account_id = std::string(account_id),
                .client_id = request.client->id,
                .scopes = request.scopes,
                .created_at_ms = now};
  code.redirect_uri = request.redirect_uri;
  code.code_challenge = request.code_challenge;
  code.expires_at_ms = now + settings_.code_lifetime_s * 1000;
  TRY(store_.create_code(code));
  return text;
}

Result<TokenAnswer> OAuthService::redeem_code(std::string_view code,
                                              const accounts::CodeRedemption& shown) {
  if (!accounts::is_oauth_text(OAuthText::code, code)) return TokenAnswer{};
  auto prepared = prepare();
  TRY_ASSIGN(auto outcome,
             store_.redeem_code(oauth_hash(code), shown, prepared.hashes, clock_.now_ms()));
  return answer(std::move(outcome), std::move(prepared));
}

Result<TokenAnswer> OAuthService::refresh(std::string_view refresh_token,
                                          std::string_view client_id) {
  if (!accounts::is_oauth_text(OAuthText::refresh, refresh_token)) return TokenAnswer{};
  auto prepared = prepare();
  TRY_ASSIGN(auto outcome, store_.refresh(oauth_hash(refresh_token), client_id, prepared.hashes,
                                          clock_.now_ms()));
  return answer(std::move(outcome), std::move(prepared));
}

Result<void> OAuthService::revoke(std::string_view token, std::string_view client_id) {
  return store_.revoke(oauth_hash(token), client_id, clock_.now_ms());
}

// ------------------------------------------------------------------------------------------
// devices

Result<IssuedDevice> OAuthService::start_device(std::string_view client_id,
                                                std::vector<std::string> scopes,
                                                std::string_view remote_address) {
  const std::int64_t now = clock_.now_ms();
  if (const auto wait = device_starts_.admit(remote_address, now); wait > 0) {
    return too_often(wait, "Too many devices were started from this address.");
  }
  IssuedDevice issued{.device_code = new_oauth_text(OAuthText::device), .user_code = {}};
  accounts::NewDevice device;
  device.hash = oauth_hash(issued.device_code);
  device.request.client_id = client_id;
  device.request.scopes = std::move(scopes);
  device.request.interval_ms = settings_.device_interval_s * 1000;
  device.request.expires_at_ms = now + settings_.device_lifetime_s * 1000;
  Result<void> made;
  for (int i = 0; i < kUserCodeTries; ++i) {  // two codes in a few billion may be alike
    issued.user_code = accounts::new_user_code();
    device.user_code_hash = oauth_hash(issued.user_code);
    made = store_.create_device(device);
    if (made || made.error().code != ErrorCode::conflict) break;
  }
  TRY(made);
  return issued;
}

Result<std::optional<accounts::DeviceRequest>> OAuthService::find_device(
    std::string_view user_code, std::string_view account_id) {
  const std::int64_t now = clock_.now_ms();
  if (const auto wait = device_guesses_.admit(account_id, now); wait > 0) {
    return too_often(wait, "Too many codes were wrong; try again later.");
  }
  const std::string code = accounts::normal_user_code(user_code);
  if (code.empty()) return std::optional<accounts::DeviceRequest>();
  TRY_ASSIGN(auto found, store_.find_device(oauth_hash(code), now));
  if (found) device_guesses_.undo(account_id);
  return found;
}

Result<bool> OAuthService::decide_device(std::string_view user_code, std::string_view account_id,
                                         bool is_approved) {
  return store_.decide_device(oauth_hash(accounts::normal_user_code(user_code)), account_id,
                              is_approved, clock_.now_ms());
}

Result<TokenAnswer> OAuthService::poll_device(std::string_view device_code,
                                              std::string_view client_id) {
  if (!accounts::is_oauth_text(OAuthText::device, device_code)) return TokenAnswer{};
  auto prepared = prepare();
  TRY_ASSIGN(auto outcome, store_.poll_device(oauth_hash(device_code), client_id, prepared.hashes,
                                              clock_.now_ms()));
  return answer(std::move(outcome), std::move(prepared));
}

}  // namespace understudy::oauth
