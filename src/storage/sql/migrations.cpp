#include "storage/sql/migrations.h"

#include <fmt/format.h>

#include "base/log.h"

namespace understudy::storage {
namespace {

Result<int> version_of(Connection& connection) {
  TRY_ASSIGN(const auto version,
             connection.first("SELECT coalesce(max(version), 0) FROM schema_migration", {},
                              [](const Row& row) { return static_cast<int>(row.integer(0)); }));
  return version.value_or(0);
}

tl::unexpected<Error> too_new(int version) {
  return fail(ErrorCode::storage_failed,
              fmt::format("The database has schema version {} and this program knows {}: it was "
                          "made by a newer version. Start that one.",
                          version, migrations().back().version));
}

Result<void> apply(Connection& connection, const Migration& migration, std::int64_t now_ms) {
  TRY(connection.run_script(std::string(migration.sql)));
  TRY(connection.execute(
      "INSERT INTO schema_migration (version, name, applied_at_ms) VALUES ($1, $2, $3)",
      {migration.version, migration.name, now_ms}));
  return {};
}

}  // namespace

Result<void> migrate(Connection& connection, std::int64_t now_ms) {
  TRY(
      connection.run_script("CREATE TABLE IF NOT EXISTS schema_migration ("
                            " version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                            " applied_at_ms INTEGER NOT NULL)"));
  TRY_ASSIGN(const int current, version_of(connection));
  if (current > migrations().back().version) return too_new(current);
  for (const Migration& migration : migrations()) {
    if (migration.version <= current) continue;
    TRY(connection.run_script("BEGIN IMMEDIATE"));
    if (auto applied = apply(connection, migration, now_ms); !applied) {
      TRY(connection.run_script("ROLLBACK"));
      return applied;
    }
    TRY(connection.run_script("COMMIT"));
    log::info("database: applied {}", migration.name);
  }
  return {};
}

Result<void> check_migrated(Connection& connection) {
  TRY_ASSIGN(const int current, version_of(connection));
  if (current > migrations().back().version) return too_new(current);
  if (current < migrations().back().version) {
    return fail(
        ErrorCode::storage_failed,
        "The database was made by an older version: `understudy serve` brings it up to date.");
  }
  return {};
}

}  // namespace understudy::storage
