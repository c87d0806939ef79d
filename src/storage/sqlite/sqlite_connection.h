// A Connection to an SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/sql/connection.h"

namespace understudy::storage {

enum class SqliteAccess { read_write, read_only };

class SqliteConnection : public Connection {
 public:
  using Connection::execute;
  // False after SQLite gave up the open transaction by itself, as it does when the disk is full.
  virtual bool is_in_transaction() const = 0;
};

// The connection writes ahead (WAL) and syncs the log on every commit (synchronous=FULL).
// Errors: storage_failed (the file cannot be opened or is no database).
Result<std::unique_ptr<SqliteConnection>> open_sqlite_connection(const std::filesystem::path& file,
                                                                 SqliteAccess access);

}  // namespace understudy::storage
