#include "money/ledger.h"
#include "storage/sql/key_rows.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using accounts::Account;
using accounts::ApiKey;
using accounts::Principal;
using accounts::Wallet;

Account account_of(const Row& row) {
  Columns columns(row);
  Account account;
  account.id = columns.text();
  account.name = columns.text();
  account.email = columns.text();
  account.created_at_ms = columns.integer();
  return account;
}

constexpr const char* kSelectPrincipal =
    "SELECT account_id, id, scopes, is_operator, is_test, project_id, concurrency,"
    " requests_per_minute FROM api_key ";
constexpr const char* kIsValid =
    "AND revoked_at_ms = 0 AND (expires_at_ms = 0 OR expires_at_ms > $2)";

Principal principal_of(const Row& row) {
  Columns columns(row);
  Principal principal;
  principal.account_id = columns.text();
  principal.key_id = columns.text();
  principal.scopes = scopes_of(columns.text());
  principal.is_operator = columns.flag();
  principal.is_test = columns.flag();
  principal.project_id = columns.text();
  principal.concurrency = columns.small();
  principal.requests_per_minute = columns.small();
  return principal;
}

bool is_reserved(std::string_view account_id) {
  return account_id.empty() || money::is_house_account(account_id) ||
         money::is_credits_wallet(account_id);
}

class SqlAccountStore final : public accounts::AccountStore {
 public:
  explicit SqlAccountStore(Database& database) : database_(database) {}

  Result<void> create_account(const Account& account) override {
    if (is_reserved(account.id)) {
      return fail(ErrorCode::conflict, "This account id is reserved.");
    }
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "INSERT INTO account (id, name, email, created_at_ms) VALUES ($1, $2, $3, $4)",
          {account.id, account.name, account.email, account.created_at_ms}));
      const std::string credits = money::credits_wallet(account.id);
      TRY(connection.execute(
          "INSERT INTO wallet (id, account_id, currency) VALUES ($1, $1, 'usd'), ($2, $1, 'credits')",
          {account.id, credits}));
      return {};
    });
  }

  Result<Account> find_account(std::string_view id) override {
    TRY_ASSIGN(auto account, database_.read([&](Connection& connection) {
      return connection.first("SELECT id, name, email, created_at_ms FROM account WHERE id = $1",
                              {id}, account_of);
    }));
    if (!account) return no_account();
    return *std::move(account);
  }

  Result<std::vector<Account>> list_accounts() override {
    return database_.read([](Connection& connection) {
      return connection.all("SELECT id, name, email, created_at_ms FROM account ORDER BY id", {},
                            account_of);
    });
  }

  Result<void> create_key(const ApiKey& key, std::string_view hash) override {
    return database_.write(
        [&](Connection& connection) { return insert_key(connection, key, hash); });
  }

  Result<std::vector<ApiKey>> list_keys(std::string_view account_id) override {
    static const std::string kSql = std::string(kSelectKey) + " WHERE account_id = $1 ORDER BY id";
    return database_.read(
        [&](Connection& connection) { return connection.all(kSql, {account_id}, key_of); });
  }

  Result<void> revoke_key(std::string_view key_id, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto known,
                 connection.execute("UPDATE api_key SET revoked_at_ms = CASE revoked_at_ms "
                                    "WHEN 0 THEN $2 ELSE revoked_at_ms END WHERE id = $1",
                                    {key_id, now_ms}));
      if (known == 0) return fail(ErrorCode::not_found, "There is no key with this id.");
      return {};
    });
  }

  Result<std::optional<Principal>> authenticate(std::string_view hash,
                                                std::int64_t now_ms) override {
    static const std::string kByText =
        std::string(kSelectPrincipal) + "WHERE hash = $1 " + kIsValid;
    // The text that a key had before it was rotated.
    static const std::string kByPastText = std::string(kSelectPrincipal) +
                                           "JOIN api_key_past ON api_key_past.key_id = api_key.id "
                                           "WHERE api_key_past.hash = $1 AND valid_until_ms > $2 " +
                                           kIsValid;
    return database_.read([&](Connection& connection) -> Result<std::optional<Principal>> {
      TRY_ASSIGN(auto principal, connection.first(kByText, {hash, now_ms}, principal_of));
      if (principal) return principal;
      return connection.first(kByPastText, {hash, now_ms}, principal_of);
    });
  }

  Result<accounts::AccountWithWallet> find_with_wallet(std::string_view account_id) override {
    TRY_ASSIGN(auto found, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT a.id, a.name, a.email, a.created_at_ms, w.posted, w.held FROM account a "
          "JOIN wallet w ON w.id = a.id WHERE a.id = $1",
          {account_id}, [](const Row& row) {
            Columns columns(row);
            accounts::AccountWithWallet both;
            both.account = {columns.text(), columns.text(), columns.text(), columns.integer()};
            both.wallet = {columns.money(), columns.money()};
            return both;
          });
    }));
    if (!found) return no_account();
    return *std::move(found);
  }

  Result<Wallet> wallet(std::string_view account_id) override {
    TRY_ASSIGN(const auto wallet, database_.read([&](Connection& connection) {
      return connection.first("SELECT posted, held FROM wallet WHERE id = $1", {account_id},
                              [](const Row& row) {
                                return Wallet{{row.integer(0)}, {row.integer(1)}};
                              });
    }));
    if (!wallet) return no_account();
    return *wallet;
  }

 private:
  static tl::unexpected<Error> no_account() {
    return fail(ErrorCode::not_found, "There is no account with this id.");
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::AccountStore> make_account_store(Database& database) {
  return std::make_unique<SqlAccountStore>(database);
}

}  // namespace understudy::storage
