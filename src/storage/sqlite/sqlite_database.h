// The embedded database: one SQLite file beside its log. One process owns it; others may read.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/sql/database.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

struct SqliteOptions {
  std::filesystem::path file;  // created, with its folder (0700), when it is missing
  std::int64_t now_ms = 0;     // noted beside the migrations that are applied
};

// Opens and migrates. Errors: storage_failed (also: the file was made by a newer version).
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

// The connection that writes, for a database made in another way: migrated, and with all that can
// be read on the disk. A process that died between writing a commit and syncing it leaves a log
// that the next one reads; nobody may be told of it before it is durable, and the checkpoint makes
// it so.
Result<std::unique_ptr<SqliteConnection>> open_sqlite_writer(const SqliteOptions& options);

// For looking at a database that another process may be serving; writes are refused.
Result<std::unique_ptr<Database>> open_sqlite_read_only(const std::filesystem::path& file);

}  // namespace understudy::storage
