#include "cli/migrate_command.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "server/installation.h"
#include "storage/postgres/database_copy.h"
#include "storage/postgres/postgres_database.h"

namespace understudy::cli {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "  {}\n", error.detail);
  return error.code == ErrorCode::invalid_parameter ? 2 : 1;
}

Result<storage::CopyReport> move(const MigrateOptions& options) {
  if (!storage::is_postgres_url(options.url)) {
    return fail(ErrorCode::invalid_parameter, "--to takes postgresql://user@host/database.");
  }
  if (!std::filesystem::exists(options.data / "understudy.db")) {
    return fail(ErrorCode::invalid_parameter,
                "There is no embedded installation in " + options.data.string() + ".");
  }
  TRY_ASSIGN(const auto lock, server::lock_data_folder(options.data));
  if (std::filesystem::exists(options.data / server::kPostgresqlNote)) {
    return fail(ErrorCode::conflict,
                "The database of this installation was moved to PostgreSQL before.");
  }
  TRY_ASSIGN(auto report, storage::copy_to_postgres(options.data / "understudy.db", options.url,
                                                    SystemClock().now_ms()));
  TRY(server::note_postgresql(options.data));
  return report;
}

}  // namespace

int run_migrate(const MigrateOptions& options) {
  const auto report = move(options);
  if (!report) return complain(report.error());
  if (report->was_there) fmt::print("An earlier run had moved everything already.\n");
  for (const auto& table : report->tables) fmt::print("{:>12} rows  {}\n", table.rows, table.name);
  fmt::print("verify, embedded:\n{}verify, PostgreSQL:\n{}", to_text(report->source),
             to_text(report->target));
  fmt::print(
      "Rows and sums agree. From now on serve this folder with a configuration that has the URL\n"
      "of --to as url in its section [database]. understudy.db stays as it was, unused.\n");
  return 0;
}

}  // namespace understudy::cli
