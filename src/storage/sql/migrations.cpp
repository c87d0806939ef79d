#include "storage/sql/migrations.h"

#include <fmt/format.h>

#include "base/log.h"
#include "storage/sql/dialect.h"

namespace understudy::storage {
namespace {

Result<int> version_of(Connection& connection) {
  TRY_ASSIGN(const auto version,
             connection.first("SELECT coalesce(max(version), 0) FROM schema_migration", {},
                              [](const Row& row) { return static_cast<int>(row.integer(0)); }));
  return version.value_or(0);
}

int newest(const Connection& connection) { return migrations(connection.dialect()).back().version; }

tl::unexpected<Error> too_new(const Connection& connection, int version) {
  return fail(ErrorCode::storage_failed,
              fmt::format("The database has schema version {} and this program knows {}: it was "
                          "made by a newer version. Start that one.",
                          version, newest(connection)));
}

// Others that start at the same time wait here; the version is read after that.
Result<void> apply_unless_done(Connection& connection, const Migration& migration,
                               std::int64_t now_ms) {
  if (connection.dialect() == Dialect::postgres) {
    TRY(connection.run_script("LOCK TABLE schema_migration IN EXCLUSIVE MODE"));
  }
  TRY_ASSIGN(const int current, version_of(connection));
  if (migration.version <= current) return {};
  TRY(connection.run_script(std::string(migration.sql)));
  TRY(connection.execute(
      "INSERT INTO schema_migration (version, name, applied_at_ms) VALUES ($1, $2, $3)",
      {migration.version, migration.name, now_ms}));
  log::info("database: applied {}", migration.name);
  return {};
}

}  // namespace

std::span<const Migration> migrations(Dialect dialect) {
  return dialect == Dialect::sqlite ? sqlite_migrations() : postgres_migrations();
}

Result<void> migrate(Connection& connection, std::int64_t now_ms) {
  const std::string table =
      "CREATE TABLE IF NOT EXISTS schema_migration ("
      " version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)";
  auto made = connection.run_script(table);
  // PostgreSQL looks and makes in two steps, so another program may come between them.
  if (!made && connection.dialect() == Dialect::postgres) made = connection.run_script(table);
  TRY(made);
  TRY_ASSIGN(const int current, version_of(connection));
  if (current > newest(connection)) return too_new(connection, current);
  for (const Migration& migration : migrations(connection.dialect())) {
    if (migration.version <= current) continue;
    TRY(connection.run_script(std::string(begin_write(connection.dialect()))));
    if (auto applied = apply_unless_done(connection, migration, now_ms); !applied) {
      TRY(connection.run_script("ROLLBACK"));
      return applied;
    }
    TRY(connection.run_script("COMMIT"));
  }
  return {};
}

Result<void> check_migrated(Connection& connection) {
  TRY_ASSIGN(const int current, version_of(connection));
  if (current > newest(connection)) return too_new(connection, current);
  if (current < newest(connection)) {
    return fail(
        ErrorCode::storage_failed,
        "The database was made by an older version: `understudy serve` brings it up to date.");
  }
  return {};
}

}  // namespace understudy::storage
