#include "storage/sqlite/sqlite_database.h"

#include <sys/stat.h>

#include "storage/sql/migrations.h"
#include "storage/sqlite/group_commit.h"
#include "storage/sqlite/read_pool.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {
namespace {

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const std::filesystem::path& file, std::unique_ptr<GroupCommit> writer)
      : readers_(file), writer_(std::move(writer)) {}

 protected:
  Result<void> run_write(const Step& step) override {
    if (writer_ == nullptr) {
      return fail(ErrorCode::storage_failed, "The database was opened for reading only.");
    }
    return writer_->run(step);
  }

  Result<void> run_read(const Step& step) override { return readers_.run(step); }

 private:
  ReadPool readers_;
  std::unique_ptr<GroupCommit> writer_;
};

Result<void> make_private_folder(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::exists(folder)) return {};
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed || ::chmod(folder.c_str(), 0700) != 0) {
    return fail_with_detail(ErrorCode::storage_failed, "The data folder cannot be made.",
                            folder.string() + ": " + failed.message());
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> open_sqlite_writer(const SqliteOptions& options) {
  TRY_ASSIGN(auto connection,
             open_sqlite_connection(options.file, SqliteAccess::read_write_no_checkpoints));
  ::chmod(options.file.c_str(), 0600);  // before the log takes its mode from it
  TRY(migrate(*connection, options.now_ms));
  TRY(connection->checkpoint());
  return connection;
}

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  TRY(make_private_folder(options.file.parent_path()));
  TRY_ASSIGN(auto connection, open_sqlite_writer(options));
  TRY_ASSIGN(auto copier,
             open_sqlite_connection(options.file, SqliteAccess::read_write_no_checkpoints));
  return std::make_unique<SqliteDatabase>(
      options.file, std::make_unique<GroupCommit>(
                        std::move(connection), std::make_unique<Checkpointer>(std::move(copier))));
}

Result<std::unique_ptr<Database>> open_sqlite_read_only(const std::filesystem::path& file) {
  TRY_ASSIGN(auto probe, open_sqlite_connection(file, SqliteAccess::read_only));
  TRY(check_migrated(*probe));
  return std::make_unique<SqliteDatabase>(file, nullptr);
}

}  // namespace understudy::storage
