// Writes the steps of several callers in one transaction, and so with one sync of the log. A
// refused step does not undo its neighbours, but may make them run twice. One thread:
// GroupCommit's, or a test's that decides what is written together.
#pragma once

#include <functional>
#include <span>

#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

struct WriteCall {
  using Step = std::function<Result<void>(Connection&)>;
  const Step* step;
  Result<void> outcome = {};
};

// Each call has its outcome when this returns; all are durable then. An error concerns the whole
// batch, of which nothing was written, and is every call's outcome too.
Result<void> write_batch(SqliteConnection& connection, std::span<WriteCall* const> batch);

}  // namespace understudy::storage
