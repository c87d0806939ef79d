#include "storage/postgres/postgres_database.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include "base/log.h"
#include "storage/postgres/hot_steps.h"
#include "storage/postgres/postgres_pool.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/postgres/write_batcher.h"
#include "storage/sql/migrations.h"

namespace understudy::storage {
namespace {

constexpr int kOldestVersion = 130'000;  // the first with pg_xact_status() of 64-bit numbers

std::size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const PostgresOptions& options)
      : readers_(options.url, std::clamp<std::size_t>(2 * cores(), 4, 24)),
        writers_(options.url, std::clamp<std::size_t>(cores(), 2, 8)),
        batcher_(options.url, options.writers > 0 ? static_cast<std::size_t>(options.writers)
                                                  : std::clamp<std::size_t>(cores(), 2, 4)) {}

 protected:
  Result<void> run_write(const Step& step) override {
    PostgresPool::Lease lease(writers_);
    return run_transaction(
        [&] { return lease.live(); },
        [&](PostgresConnection& connection) { return run_guarded(step, connection); });
  }

  Result<void> run_write_for(std::string_view account_id, const Step& step) override {
    return batcher_.run(account_id, step);
  }

  Result<void> run_write_for_job(std::string_view job_id, const Step& step) override {
    TRY_ASSIGN(const auto account_id, account_of(job_id));
    return batcher_.run(account_id, step);
  }

  // Once more on a new connection when the one that was kept turns out to be broken.
  Result<void> run_read(const Step& step) override {
    PostgresPool::Lease lease(readers_);
    for (bool is_repeat : {false, true}) {
      TRY_ASSIGN(auto* connection, lease.live());
      auto outcome = run_guarded(step, *connection);
      if (outcome || is_repeat || connection->is_alive()) return outcome;
    }
    return {};
  }

 private:
  // Who pays for a job never changes. Empty for an unknown job, which the step will refuse.
  Result<std::string> account_of(std::string_view job_id) {
    std::string account_id;
    TRY(run_read([&](Connection& connection) {
      return connection.query("SELECT account_id FROM job WHERE id = $1",
                              std::array{Parameter(job_id)},
                              [&](const Row& row) { account_id = row.text(0); });
    }));
    return account_id;
  }

  PostgresPool readers_;
  PostgresPool writers_;
  WriteBatcher batcher_;
};

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

}  // namespace

bool is_postgres_url(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options) {
  TRY_ASSIGN(auto connection, open_postgres_connection(options.url));
  TRY(check_server(*connection));
  TRY(check_ours(*connection));
  TRY(migrate(*connection, options.now_ms));
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace understudy::storage
