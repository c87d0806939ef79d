#include "storage/sqlite/sqlite_database.h"

#include <mutex>
#include <vector>

#include <sys/stat.h>

#include "storage/sql/migrations.h"
#include "storage/sqlite/group_commit.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {
namespace {

// Connections that no thread reads with at the moment. The last one used is the first one taken
// again: its cache is warm.
class ReadPool {
 public:
  explicit ReadPool(std::filesystem::path file) : file_(std::move(file)) {}

  Result<std::unique_ptr<SqliteConnection>> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto connection = std::move(free_.back());
        free_.pop_back();
        return connection;
      }
    }
    return open_sqlite_connection(file_, SqliteAccess::read_only);
  }

  void give_back(std::unique_ptr<SqliteConnection> connection) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(connection));
  }

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> free_;
};

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

  Result<void> run_read(const Step& step) override {
    TRY_ASSIGN(auto connection, readers_.take());
    auto outcome = step(*connection);
    if (connection->is_in_transaction()) TRY(connection->execute("ROLLBACK"));
    readers_.give_back(std::move(connection));
    return outcome;
  }

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

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  TRY(make_private_folder(options.file.parent_path()));
  TRY_ASSIGN(auto connection, open_sqlite_connection(options.file, SqliteAccess::read_write));
  ::chmod(options.file.c_str(), 0600);
  TRY(migrate(*connection, options.now_ms));
  return std::make_unique<SqliteDatabase>(options.file,
                                          std::make_unique<GroupCommit>(std::move(connection)));
}

Result<std::unique_ptr<Database>> open_sqlite_read_only(const std::filesystem::path& file) {
  TRY_ASSIGN(auto probe, open_sqlite_connection(file, SqliteAccess::read_only));
  TRY(check_migrated(*probe));
  return std::make_unique<SqliteDatabase>(file, nullptr);
}

}  // namespace understudy::storage
