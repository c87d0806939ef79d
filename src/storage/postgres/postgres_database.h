// The database of several servers: PostgreSQL 13 or newer. Steps on a wallet go through a
// WriteBatcher, all others take a transaction of their own from a capped pool; reads have a pool
// beside it, so that a read never waits for writers. docs/decisions/0008-postgresql.md.
#pragma once

#include <memory>
#include <string>

#include "storage/sql/database.h"

namespace understudy::storage {

struct PostgresOptions {
  std::string url;             // postgresql://user@host:port/database, or "host=... dbname=..."
  std::int64_t now_ms = 0;     // noted beside the migrations that are applied
  int writers = 0;             // of the batcher; 0: as many as fit the cores
  bool with_hot_steps = true;  // false: every step as single statements, for comparisons
};

// Opens and migrates. Errors: storage_failed (unreachable, too old, not a database of ours, or one
// of a newer version).
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);

// True for what open_postgres() takes as a URL.
bool is_postgres_url(std::string_view url);

}  // namespace understudy::storage
