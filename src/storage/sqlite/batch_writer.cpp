#include "storage/sqlite/batch_writer.h"

#include <exception>

namespace understudy::storage {
namespace {

// An error of the step itself is the caller's; what is returned concerns the whole batch.
Result<void> run_step(SqliteConnection& connection, WriteCall& call) {
  try {
    call.outcome = (*call.step)(connection);
  } catch (const std::exception& exception) {
    call.outcome = fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                                    exception.what());
  }
  if (connection.is_in_transaction()) return {};
  return fail_with_detail(
      ErrorCode::storage_failed, "The database could not do this.",
      "the transaction was given up: " + (call.outcome ? "" : call.outcome.error().detail));
}

// Whether the batch may be committed: false after a step that failed half way.
Result<bool> run_all(SqliteConnection& connection, std::span<WriteCall* const> batch) {
  for (WriteCall* call : batch) {
    const auto changes = connection.changes();
    TRY(run_step(connection, *call));
    if (!call->outcome && connection.changes() != changes) return false;
  }
  return true;
}

Result<bool> run_in_savepoints(SqliteConnection& connection, std::span<WriteCall* const> batch) {
  for (WriteCall* call : batch) {
    TRY(connection.execute("SAVEPOINT step"));
    TRY(run_step(connection, *call));
    if (!call->outcome) TRY(connection.execute("ROLLBACK TO step"));
    TRY(connection.execute("RELEASE step"));
  }
  return true;
}

// A savepoint costs each step a copy of every page it writes, and hardly any step needs it:
// refusals come before the first change. So the batch runs without; when a step fails that has
// changed something, everything is undone and runs again with savepoints.
Result<void> write_once_or_twice(SqliteConnection& connection, std::span<WriteCall* const> batch) {
  for (const bool with_savepoints : {false, true}) {
    TRY(connection.execute("BEGIN IMMEDIATE"));
    auto ran = with_savepoints ? run_in_savepoints(connection, batch) : run_all(connection, batch);
    if (ran && *ran) {
      auto committed = connection.execute("COMMIT");
      if (committed) return {};
      ran = tl::make_unexpected(committed.error());
    }
    if (connection.is_in_transaction()) TRY(connection.execute("ROLLBACK"));
    if (!ran) return tl::make_unexpected(ran.error());
  }
  return {};
}

}  // namespace

Result<void> write_batch(SqliteConnection& connection, std::span<WriteCall* const> batch) {
  auto written = write_once_or_twice(connection, batch);
  if (!written) {
    for (WriteCall* call : batch) call->outcome = written;
  }
  return written;
}

}  // namespace understudy::storage
