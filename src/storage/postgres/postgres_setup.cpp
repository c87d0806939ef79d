#include "storage/postgres/postgres_setup.h"

#include <cstdlib>

#include "base/log.h"
#include "storage/postgres/hot_steps.h"
#include "storage/sql/dialect.h"
#include "storage/sql/migrations.h"

namespace understudy::storage {
namespace {

constexpr int kOldestVersion = 130'000;  // the first with pg_xact_status() of 64-bit numbers

struct ServerFacts {
  int version = 0;  // 150020 for 15.20
  std::string encoding;
  bool is_durable = false;
};

ServerFacts facts_of(const Row& row) {
  Columns columns(row);
  ServerFacts facts;
  facts.version = std::atoi(columns.text().c_str());
  facts.encoding = columns.text();
  facts.is_durable = columns.flag();
  return facts;
}

Result<void> check_server(Connection& connection) {
  std::optional<ServerFacts> facts;
  TRY(connection.query(
      "SELECT current_setting('server_version_num'), current_setting('server_encoding'),"
      " current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'",
      {}, [&](const Row& row) { facts = facts_of(row); }));
  if (!facts || facts->version < kOldestVersion) {
    return fail(ErrorCode::storage_failed, "PostgreSQL 13 or newer is needed.");
  }
  if (facts->encoding != "UTF8") {
    return fail(ErrorCode::storage_failed,
                "The PostgreSQL database has the encoding " + facts->encoding +
                    "; make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.");
  }
  if (!facts->is_durable) {
    log::warn("postgresql: fsync or full_page_writes is off: a power cut can lose payments");
  }
  return {};
}

// A database that holds something else is not ours to add tables to.
Result<void> check_ours(Connection& connection) {
  TRY_ASSIGN(const auto tables,
             connection.first(
                 "SELECT count(*), count(*) FILTER (WHERE tablename = "
                 "'schema_migration') FROM pg_tables WHERE schemaname = "
                 "current_schema()",
                 {}, [](const Row& row) { return std::pair(row.integer(0), row.integer(1)); }));
  if (!tables || tables->first == 0 || tables->second == 1) return {};
  return fail(
      ErrorCode::storage_failed,
      "The PostgreSQL database holds tables of another program; understudy needs one of its "
      "own (CREATE DATABASE understudy).");
}

// Always those of this program: a function is code, not data. One server at a time, because two
// that replace the same function at once fail.
Result<void> install_hot_steps(Connection& connection) {
  TRY(connection.run_script(std::string(begin_write(connection.dialect()))));
  auto installed = connection.run_script("LOCK TABLE schema_migration IN EXCLUSIVE MODE");
  if (installed) installed = connection.run_script(std::string(hot_steps_sql()));
  TRY(connection.run_script(installed ? "COMMIT" : "ROLLBACK"));
  return installed;
}

}  // namespace

Result<void> prepare_postgres(PostgresConnection& connection, std::int64_t now_ms) {
  TRY(check_server(connection));
  TRY(check_ours(connection));
  TRY(migrate(connection, now_ms));
  return install_hot_steps(connection);
}

}  // namespace understudy::storage
