#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using accounts::Project;

Project project_of(const Row& row) {
  Columns columns(row);
  Project project;
  project.id = columns.text();
  project.account_id = columns.text();
  project.name = columns.text();
  project.created_at_ms = columns.integer();
  project.archived_at_ms = columns.integer();
  return project;
}

tl::unexpected<Error> no_project() {
  return fail(ErrorCode::not_found, "There is no project with this id.", "project_id");
}

tl::unexpected<Error> name_taken() {
  return fail(ErrorCode::conflict, "There is a project with this name already.", "name");
}

class SqlProjectStore final : public accounts::ProjectStore {
 public:
  explicit SqlProjectStore(Database& database) : database_(database) {}

  Result<void> create(const Project& project) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(lock_account(connection, project.account_id));  // a name is used once
      TRY_ASSIGN(const auto made,
                 connection.execute(
                     "INSERT INTO project (id, account_id, name, created_at_ms) "
                     "SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM project"
                     " WHERE account_id = $2 AND name = $3 AND archived_at_ms = 0)",
                     {project.id, project.account_id, project.name, project.created_at_ms}));
      if (made == 0) return name_taken();
      return {};
    });
  }

  Result<Project> find(std::string_view account_id, std::string_view id) override {
    TRY_ASSIGN(auto project, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT id, account_id, name, created_at_ms, archived_at_ms "
          "FROM project WHERE account_id = $1 AND id = $2",
          {account_id, id}, project_of);
    }));
    if (!project) return no_project();
    return *std::move(project);
  }

  Result<std::vector<Project>> list(std::string_view account_id) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id, account_id, name, created_at_ms, archived_at_ms "
          "FROM project WHERE account_id = $1 ORDER BY id",
          {account_id}, project_of);
    });
  }

  Result<void> rename(std::string_view account_id, std::string_view id,
                      std::string_view name) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(lock_account(connection, account_id));
      TRY_ASSIGN(const auto taken,
                 connection.first("SELECT 1 FROM project WHERE account_id = $1 AND name = $2 "
                                  "AND archived_at_ms = 0 AND id <> $3",
                                  {account_id, name, id}, [](const Row&) { return true; }));
      if (taken) return name_taken();
      TRY_ASSIGN(const auto changed, connection.execute("UPDATE project SET name = $3 "
                                                        "WHERE account_id = $1 AND id = $2",
                                                        {account_id, id, name}));
      if (changed == 0) return no_project();
      return {};
    });
  }

  Result<void> archive(std::string_view account_id, std::string_view id,
                       std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE project SET archived_at_ms = CASE archived_at_ms "
                                    "WHEN 0 THEN $3 ELSE archived_at_ms END "
                                    "WHERE account_id = $1 AND id = $2",
                                    {account_id, id, now_ms}));
      if (changed == 0) return no_project();
      TRY(
          connection.execute("UPDATE api_key SET revoked_at_ms = $3 "
                             "WHERE account_id = $1 AND project_id = $2 AND revoked_at_ms = 0",
                             {account_id, id, now_ms}));
      return {};
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::ProjectStore> make_project_store(Database& database) {
  return std::make_unique<SqlProjectStore>(database);
}

}  // namespace understudy::storage
