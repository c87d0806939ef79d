#include "storage/sql/budget_steps.h"
#include "storage/sql/concurrency_steps.h"
#include "storage/sql/dialect.h"
#include "storage/sql/key_rows.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using accounts::ApiKey;

tl::unexpected<Error> no_key() {
  return fail(ErrorCode::not_found, "There is no key with this id.", "key_id");
}

// An empty id is no project. The project is not archived before the transaction ends.
Result<void> check_project(Connection& connection, std::string_view account_id,
                           std::string_view project_id) {
  if (project_id.empty()) return {};
  TRY_ASSIGN(const auto found,
             connection.first(locking(connection,
                                      "SELECT 1 FROM project WHERE id = $1 AND account_id = $2 "
                                      "AND archived_at_ms = 0"),
                              {project_id, account_id}, [](const Row&) { return true; }));
  if (found) return {};
  return fail(ErrorCode::not_found, "There is no project in use with this id.", "project_id");
}

class SqlKeyStore final : public accounts::KeyStore {
 public:
  explicit SqlKeyStore(Database& database) : database_(database) {}

  Result<void> create(const ApiKey& key, std::string_view hash,
                      const std::vector<money::Budget>& budgets) override {
    for (const auto& budget : budgets) TRY(money::check(budget));
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(check_project(connection, key.account_id, key.project_id));
      TRY(insert_key(connection, key, hash));
      for (const auto& budget : budgets) TRY(insert_budget(connection, budget));
      return {};
    });
  }

  Result<ApiKey> find(std::string_view key_id) override {
    static const std::string kSql = std::string(kSelectKey) + " WHERE id = $1";
    TRY_ASSIGN(auto key, database_.read([&](Connection& connection) {
      return connection.first(kSql, {key_id}, key_of);
    }));
    if (!key) return no_key();
    return *std::move(key);
  }

  Result<void> change(std::string_view account_id, std::string_view key_id,
                      const accounts::KeyChange& change) override {
    const std::string label = change.label.value_or("");
    const std::string project = change.project_id.value_or("");
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(check_project(connection, account_id, project));
      TRY_ASSIGN(
          const auto changed,
          connection.execute(
              "UPDATE api_key SET label = CASE WHEN $3 = 1 THEN $4 ELSE label END,"
              " project_id = CASE WHEN $5 = 1 THEN $6 ELSE project_id END,"
              " concurrency = CASE WHEN $7 = 1 THEN $8 ELSE concurrency END,"
              " requests_per_minute = CASE WHEN $9 = 1 THEN $10 ELSE requests_per_minute END "
              "WHERE account_id = $1 AND id = $2",
              {account_id, key_id, change.label ? 1 : 0, label, change.project_id ? 1 : 0, project,
               change.concurrency ? 1 : 0, change.concurrency.value_or(0),
               change.requests_per_minute ? 1 : 0, change.requests_per_minute.value_or(0)}));
      if (changed == 0) return no_key();
      return {};
    });
  }

  Result<void> rotate(std::string_view key_id, const accounts::KeyRotation& rotation) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto old,
                 connection.first(
                     locking(connection, "SELECT hash, revoked_at_ms FROM api_key WHERE id = $1"),
                     {key_id}, [](const Row& row) {
                       return std::pair{std::string(row.text(0)), row.integer(1)};
                     }));
      if (!old) return no_key();
      if (old->second != 0) {
        return fail(ErrorCode::conflict, "This key was revoked: make a new one.", "key_id");
      }
      TRY(
          connection.execute("UPDATE api_key_past SET valid_until_ms = $2 "
                             "WHERE key_id = $1 AND valid_until_ms > $2",
                             {key_id, rotation.old_until_ms}));
      TRY(connection.execute(
          "INSERT INTO api_key_past (hash, key_id, valid_until_ms) VALUES ($1, $2, $3)",
          {old->first, key_id, rotation.old_until_ms}));
      TRY(connection.execute("UPDATE api_key SET hash = $2, hint = $3 WHERE id = $1",
                             {key_id, rotation.hash, rotation.hint}));
      return {};
    });
  }

  Result<accounts::LiveJobs> live_jobs(std::string_view account_id, std::string_view key_id,
                                       std::string_view wallet_id) override {
    const std::string_view wallet = wallet_id.empty() ? account_id : wallet_id;
    return database_.read([&](Connection& connection) {
      return count_live_jobs(connection, account_id, key_id, wallet);
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::KeyStore> make_key_store(Database& database) {
  return std::make_unique<SqlKeyStore>(database);
}

}  // namespace understudy::storage
