// A Connection to an SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/sql/connection.h"

namespace understudy::storage {

// read_write also checkpoints its log by itself; read_write_no_checkpoints leaves that to a
// Checkpointer.
enum class SqliteAccess { read_write, read_write_no_checkpoints, read_only };

class SqliteConnection : public Connection {
 public:
  using Connection::execute;
  // False after SQLite gave up the open transaction by itself, as it does when the disk is full.
  virtual bool is_in_transaction() const = 0;
  // Rows changed since the connection was opened; a statement that failed counts none.
  virtual std::int64_t changes() const = 0;
  // Of the log after this connection's last commit.
  virtual int log_pages() const = 0;
  // Copies the log into the database file as far as readers let it, without waiting for anyone.
  // Returns the pages that are left: those that were written meanwhile, or are still being read.
  virtual Result<int> checkpoint() = 0;
};

// The connection writes ahead (WAL) and syncs the log on every commit (synchronous=FULL).
// Errors: storage_failed (the file cannot be opened or is no database).
Result<std::unique_ptr<SqliteConnection>> open_sqlite_connection(const std::filesystem::path& file,
                                                                 SqliteAccess access);

}  // namespace understudy::storage
