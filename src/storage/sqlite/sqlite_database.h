// The embedded database: one SQLite file beside its log. One process owns it; others may read.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/sql/database.h"

namespace understudy::storage {

struct SqliteOptions {
  std::filesystem::path file;  // created, with its folder (0700), when it is missing
  std::int64_t now_ms = 0;     // noted beside the migrations that are applied
};

// Opens and migrates. Errors: storage_failed (also: the file was made by a newer version).
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

// For looking at a database that another process may be serving; writes are refused.
Result<std::unique_ptr<Database>> open_sqlite_read_only(const std::filesystem::path& file);

}  // namespace understudy::storage
