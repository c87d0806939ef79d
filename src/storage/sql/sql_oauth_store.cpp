#include "accounts/oauth_authorization.h"
#include "base/id.h"
#include "base/text.h"
#include "money/ledger.h"
#include "storage/sql/dialect.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using accounts::Account;
using accounts::CodeRedemption;
using accounts::DeviceRequest;
using accounts::DeviceState;
using accounts::Login;
using accounts::NewTokens;
using accounts::Principal;
using accounts::TokenOutcome;
using accounts::TokenVerdict;

// A code that was used is remembered this long after its end, so that a second use still shows.
constexpr std::int64_t kUsedCodeKeptMs = 24 * 3600 * 1000;
// Programs that poll late are told expired_token, not invalid_grant.
constexpr std::int64_t kDeviceKeptMs = 3600 * 1000;

std::string joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

std::vector<std::string> scope_list(std::string_view text) { return split(text, ' '); }

tl::unexpected<Error> no_account() {
  return fail(ErrorCode::not_found, "There is no account with this id.");
}

DeviceState device_state(std::string_view name) {
  if (name == "approved") return DeviceState::approved;
  if (name == "denied") return DeviceState::denied;
  return name == "used" ? DeviceState::used : DeviceState::pending;
}

struct Grant {
  std::string id;
  std::string scopes;
  bool is_revoked = false;
};

Result<void> revoke_grant(Connection& connection, std::string_view grant_id, std::int64_t now_ms) {
  TRY(connection.execute(
      "UPDATE oauth_grant SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms = 0",
      {grant_id, now_ms}));
  return {};
}

Result<void> insert_token(Connection& connection, std::string_view hash, std::string_view grant_id,
                          std::string_view kind, std::int64_t expires_at_ms) {
  TRY(
      connection.execute("INSERT INTO oauth_token (hash, grant_id, kind, expires_at_ms) "
                         "VALUES ($1, $2, $3, $4)",
                         {hash, grant_id, kind, expires_at_ms}));
  return {};
}

// The tokens of a granted verdict. Nothing is granted by a grant that has ended.
Result<TokenOutcome> put_in_force(Connection& connection, const Grant& grant,
                                  const NewTokens& tokens) {
  if (grant.is_revoked) return TokenOutcome{};
  TRY(insert_token(connection, tokens.access_hash, grant.id, "access",
                   tokens.access_expires_at_ms));
  TRY(insert_token(connection, tokens.refresh_hash, grant.id, "refresh",
                   tokens.refresh_expires_at_ms));
  TRY(connection.execute("UPDATE oauth_grant SET expires_at_ms = $2 WHERE id = $1",
                         {grant.id, tokens.refresh_expires_at_ms}));
  return TokenOutcome{.verdict = TokenVerdict::granted, .scopes = scope_list(grant.scopes)};
}

Result<void> insert_grant(Connection& connection, const accounts::OAuthGrant& grant,
                          std::int64_t expires_at_ms) {
  TRY(connection.execute(
      "INSERT INTO oauth_grant (id, account_id, client_id, scopes, created_at_ms, expires_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {grant.id, grant.account_id, grant.client_id, joined(grant.scopes), grant.created_at_ms,
       expires_at_ms}));
  return {};
}

class SqlOAuthStore final : public accounts::OAuthStore {
 public:
  explicit SqlOAuthStore(Database& database) : database_(database) {}

  // ------------------------------------------------------------------------------------- sign-in

  Result<void> set_login(const Login& login, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(lock_rows(connection, "SELECT 1 FROM account WHERE id = $1", {login.account_id}));
      TRY_ASSIGN(const auto holder,
                 connection.first("SELECT account_id FROM login WHERE email = $1", {login.email},
                                  [](const Row& row) { return std::string(row.text(0)); }));
      if (holder && *holder != login.account_id) {
        return fail(ErrorCode::conflict, "Another account signs in with this e-mail address.",
                    "email");
      }
      TRY_ASSIGN(const auto known, connection.execute("UPDATE account SET email = $2 WHERE id = $1",
                                                      {login.account_id, login.email}));
      if (known == 0) return no_account();
      TRY(connection.execute("DELETE FROM login WHERE account_id = $1", {login.account_id}));
      TRY(connection.execute(
          "INSERT INTO login (email, account_id, password_hash) VALUES ($1, $2, $3)",
          {login.email, login.account_id, login.password_hash}));
      TRY(connection.execute("DELETE FROM web_session WHERE account_id = $1", {login.account_id}));
      TRY(
          connection.execute("UPDATE oauth_grant SET revoked_at_ms = $2 "
                             "WHERE account_id = $1 AND revoked_at_ms = 0",
                             {login.account_id, now_ms}));
      return {};
    });
  }

  Result<std::optional<Login>> find_login(std::string_view email) override {
    return database_.read([&](Connection& connection) {
      return connection.first("SELECT account_id, email, password_hash FROM login WHERE email = $1",
                              {email}, [](const Row& row) {
                                Columns columns(row);
                                Login login;
                                login.account_id = columns.text();
                                login.email = columns.text();
                                login.password_hash = columns.text();
                                return login;
                              });
    });
  }

  Result<void> update_password_hash(const Login& login) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute("UPDATE login SET password_hash = $2 WHERE account_id = $1",
                             {login.account_id, login.password_hash}));
      return {};
    });
  }

  Result<void> create_session(std::string_view hash, std::string_view account_id,
                              std::int64_t expires_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "INSERT INTO web_session (hash, account_id, expires_at_ms) VALUES ($1, $2, $3)",
          {hash, account_id, expires_at_ms}));
      return {};
    });
  }

  Result<std::optional<Account>> find_session(std::string_view hash, std::int64_t now_ms) override {
    return database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT a.id, a.name, a.email, a.created_at_ms FROM web_session s "
          "JOIN account a ON a.id = s.account_id WHERE s.hash = $1 AND s.expires_at_ms > $2",
          {hash, now_ms}, [](const Row& row) {
            Columns columns(row);
            Account account;
            account.id = columns.text();
            account.name = columns.text();
            account.email = columns.text();
            account.created_at_ms = columns.integer();
            return account;
          });
    });
  }

  Result<void> end_session(std::string_view hash) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute("DELETE FROM web_session WHERE hash = $1", {hash}));
      return {};
    });
  }

  // ----------------------------------------------------------------------------- codes and tokens

  Result<void> create_code(const accounts::NewCode& code) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(insert_grant(connection, code.grant, code.expires_at_ms));
      TRY(connection.execute(
          "INSERT INTO oauth_code (hash, grant_id, redirect_uri,"
          " code_challenge, expires_at_ms) VALUES ($1, $2, $3, $4, $5)",
          {code.hash, code.grant.id, code.redirect_uri, code.code_challenge, code.expires_at_ms}));
      return {};
    });
  }

  Result<TokenOutcome> redeem_code(std::string_view hash, const CodeRedemption& shown,
                                   const NewTokens& tokens, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<TokenOutcome> {
      // Used once, whoever shows it at the same time.
      TRY(lock_rows(connection, "SELECT 1 FROM oauth_code WHERE hash = $1", {hash}));
      Grant grant;
      TRY_ASSIGN(const auto code,
                 connection.first("SELECT c.grant_id, g.client_id, c.redirect_uri,"
                                  " c.code_challenge, c.expires_at_ms, c.used_at_ms, g.scopes,"
                                  " g.revoked_at_ms FROM oauth_code c "
                                  "JOIN oauth_grant g ON g.id = c.grant_id WHERE c.hash = $1",
                                  {hash}, [&](const Row& row) {
                                    Columns columns(row);
                                    accounts::StoredCode stored;
                                    grant.id = stored.grant_id = columns.text();
                                    stored.client_id = columns.text();
                                    stored.redirect_uri = columns.text();
                                    stored.code_challenge = columns.text();
                                    stored.expires_at_ms = columns.integer();
                                    stored.used_at_ms = columns.integer();
                                    grant.scopes = columns.text();
                                    grant.is_revoked = columns.flag();
                                    return stored;
                                  }));
      if (!code) return TokenOutcome{};
      const auto verdict = accounts::judge_code(*code, shown, now_ms);
      if (verdict == TokenVerdict::reused) TRY(revoke_grant(connection, grant.id, now_ms));
      if (verdict != TokenVerdict::granted) return TokenOutcome{.verdict = verdict, .scopes = {}};
      TRY(connection.execute("UPDATE oauth_code SET used_at_ms = $2 WHERE hash = $1",
                             {hash, now_ms}));
      return put_in_force(connection, grant, tokens);
    });
  }

  Result<TokenOutcome> refresh(std::string_view hash, std::string_view client_id,
                               const NewTokens& tokens, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<TokenOutcome> {
      TRY(lock_rows(connection, "SELECT 1 FROM oauth_token WHERE hash = $1", {hash}));
      Grant grant;
      TRY_ASSIGN(const auto stored,
                 connection.first("SELECT t.grant_id, g.client_id, t.expires_at_ms, t.used_at_ms,"
                                  " g.scopes, g.revoked_at_ms FROM oauth_token t "
                                  "JOIN oauth_grant g ON g.id = t.grant_id "
                                  "WHERE t.hash = $1 AND t.kind = 'refresh'",
                                  {hash}, [&](const Row& row) {
                                    Columns columns(row);
                                    accounts::StoredRefresh token;
                                    grant.id = token.grant_id = columns.text();
                                    token.client_id = columns.text();
                                    token.expires_at_ms = columns.integer();
                                    token.used_at_ms = columns.integer();
                                    grant.scopes = columns.text();
                                    grant.is_revoked = columns.flag();
                                    return token;
                                  }));
      if (!stored) return TokenOutcome{};
      const auto verdict = accounts::judge_refresh(*stored, client_id, now_ms);
      if (verdict == TokenVerdict::reused) TRY(revoke_grant(connection, grant.id, now_ms));
      if (verdict != TokenVerdict::granted) return TokenOutcome{.verdict = verdict, .scopes = {}};
      TRY(connection.execute("UPDATE oauth_token SET used_at_ms = $2 WHERE hash = $1",
                             {hash, now_ms}));
      return put_in_force(connection, grant, tokens);
    });
  }

  Result<void> revoke(std::string_view token_hash, std::string_view client_id,
                      std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(
          connection.execute("UPDATE oauth_grant SET revoked_at_ms = $3 WHERE revoked_at_ms = 0 "
                             "AND client_id = $2 AND id IN "
                             "(SELECT grant_id FROM oauth_token WHERE hash = $1)",
                             {token_hash, client_id, now_ms}));
      return {};
    });
  }

  Result<std::optional<Principal>> authenticate(std::string_view access_hash,
                                                std::int64_t now_ms) override {
    return database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT g.account_id, g.id, g.scopes FROM oauth_token t "
          "JOIN oauth_grant g ON g.id = t.grant_id WHERE t.hash = $1 AND t.kind = 'access' "
          "AND t.expires_at_ms > $2 AND g.revoked_at_ms = 0",
          {access_hash, now_ms}, [](const Row& row) {
            Columns columns(row);
            Principal principal;
            principal.account_id = columns.text();
            principal.key_id = columns.text();
            principal.scopes = accounts::api_scopes(scope_list(columns.text()));
            principal.credential = accounts::Credential::bearer;
            principal.wallet_id = money::credits_wallet(principal.account_id);
            return principal;
          });
    });
  }

  // --------------------------------------------------------------------------------------- devices

  Result<void> create_device(const accounts::NewDevice& device) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "INSERT INTO oauth_device (hash, user_code_hash, client_id, scopes, interval_ms,"
          " expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
          {device.hash, device.user_code_hash, device.request.client_id,
           joined(device.request.scopes), device.request.interval_ms,
           device.request.expires_at_ms}));
      return {};
    });
  }

  Result<std::optional<DeviceRequest>> find_device(std::string_view user_code_hash,
                                                   std::int64_t now_ms) override {
    return database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT client_id, scopes, expires_at_ms FROM oauth_device "
          "WHERE user_code_hash = $1 AND state = 'pending' "
          "AND expires_at_ms > $2",
          {user_code_hash, now_ms}, [](const Row& row) {
            Columns columns(row);
            DeviceRequest device;
            device.client_id = columns.text();
            device.scopes = scope_list(columns.text());
            device.expires_at_ms = columns.integer();
            return device;
          });
    });
  }

  Result<bool> decide_device(std::string_view user_code_hash, std::string_view account_id,
                             bool is_approved, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<bool> {
      TRY_ASSIGN(const auto changed,
                 connection.execute(
                     "UPDATE oauth_device SET state = $2, account_id = $3 "
                     "WHERE user_code_hash = $1 AND state = 'pending' "
                     "AND expires_at_ms > $4",
                     {user_code_hash, is_approved ? "approved" : "denied", account_id, now_ms}));
      return changed > 0;
    });
  }

  Result<TokenOutcome> poll_device(std::string_view hash, std::string_view client_id,
                                   const NewTokens& tokens, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<TokenOutcome> {
      TRY(lock_rows(connection, "SELECT 1 FROM oauth_device WHERE hash = $1", {hash}));
      std::string grant_id;
      TRY_ASSIGN(const auto device,
                 connection.first("SELECT client_id, scopes, state, account_id, grant_id,"
                                  " interval_ms, polled_at_ms, expires_at_ms FROM oauth_device "
                                  "WHERE hash = $1",
                                  {hash}, [&](const Row& row) {
                                    Columns columns(row);
                                    DeviceRequest request;
                                    request.client_id = columns.text();
                                    request.scopes = scope_list(columns.text());
                                    request.state = device_state(columns.text());
                                    request.account_id = columns.text();
                                    grant_id = columns.text();
                                    request.interval_ms = columns.integer();
                                    request.polled_at_ms = columns.integer();
                                    request.expires_at_ms = columns.integer();
                                    return request;
                                  }));
      if (!device) return TokenOutcome{};
      const auto verdict = accounts::judge_poll(*device, client_id, now_ms);
      if (verdict == TokenVerdict::reused) TRY(revoke_grant(connection, grant_id, now_ms));
      if (verdict == TokenVerdict::pending || verdict == TokenVerdict::too_soon) {
        const auto more = verdict == TokenVerdict::too_soon ? accounts::kSlowDownMs : 0;
        TRY(
            connection.execute("UPDATE oauth_device SET polled_at_ms = $2,"
                               " interval_ms = interval_ms + $3 WHERE hash = $1",
                               {hash, now_ms, more}));
      }
      if (verdict != TokenVerdict::granted) return TokenOutcome{.verdict = verdict, .scopes = {}};
      const accounts::OAuthGrant grant{.id = new_id(now_ms),
                                       .account_id = device->account_id,
                                       .client_id = device->client_id,
                                       .scopes = device->scopes,
                                       .created_at_ms = now_ms};
      TRY(insert_grant(connection, grant, tokens.refresh_expires_at_ms));
      TRY(connection.execute(
          "UPDATE oauth_device SET state = 'used', grant_id = $2 WHERE hash = $1",
          {hash, grant.id}));
      return put_in_force(connection, {.id = grant.id, .scopes = joined(grant.scopes)}, tokens);
    });
  }

  Result<int> purge(std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<int> {
      std::int64_t count = 0;
      const auto drop = [&](const char* sql, std::int64_t before_ms) -> Result<void> {
        TRY_ASSIGN(const auto dropped, connection.execute(sql, {before_ms}));
        count += dropped;
        return {};
      };
      TRY(drop("DELETE FROM web_session WHERE expires_at_ms < $1", now_ms));
      TRY(drop("DELETE FROM oauth_code WHERE expires_at_ms < $1", now_ms - kUsedCodeKeptMs));
      TRY(drop("DELETE FROM oauth_token WHERE expires_at_ms < $1", now_ms));
      TRY(drop("DELETE FROM oauth_device WHERE expires_at_ms < $1", now_ms - kDeviceKeptMs));
      TRY(drop("DELETE FROM oauth_grant WHERE expires_at_ms < $1", now_ms - kUsedCodeKeptMs));
      return static_cast<int>(count);
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::OAuthStore> make_oauth_store(Database& database) {
  return std::make_unique<SqlOAuthStore>(database);
}

}  // namespace understudy::storage
