// A transaction until it is known how it ended: again after a deadlock, a serialisation failure or
// a lost connection, which all undid it; and when the connection was lost during COMMIT the server
// is asked what became of the transaction's number.
#pragma once

#include <chrono>
#include <functional>

#include "storage/postgres/postgres_connection.h"

namespace understudy::storage {

// A connection that works, opened anew when the last one broke.
using LiveConnection = std::function<Result<PostgresConnection*>()>;

// How long a caller is kept waiting; a server that restarts is back within it.
struct Patience {
  std::chrono::milliseconds again{10'000};    // for an attempt that is not undone by others
  std::chrono::milliseconds resolve{20'000};  // for what became of a commit
};

// Runs `body` in a transaction, which an error of it undoes; it may run more than once. Errors: its
// own; storage_failed (nothing happened); service_unavailable (the commit's end cannot be known:
// the server did not come back in time).
Result<void> run_transaction(const LiveConnection& live,
                             const std::function<Result<void>(PostgresConnection&)>& body,
                             const Patience& patience = {});

// The body's exceptions as errors.
Result<void> run_guarded(const std::function<Result<void>(Connection&)>& step,
                         Connection& connection);

}  // namespace understudy::storage
