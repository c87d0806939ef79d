#include "storage/postgres/postgres_transaction.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <random>
#include <thread>

#include "base/log.h"

namespace understudy::storage {
namespace {

using Time = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Longer with every attempt, and never the same for two that collided.
void pause_before(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  const int longest = std::min(2 << std::min(attempt, 8), 400);
  std::this_thread::sleep_for(
      milliseconds(1 + static_cast<int>(random() % static_cast<unsigned>(longest))));
}

tl::unexpected<Error> outcome_unknown(const std::string& number) {
  Error error;
  error.code = ErrorCode::service_unavailable;
  error.message =
      "The database went away while this was being stored, and whether it was is not known yet. "
      "Repeat the request with the same Idempotency-Key.";
  error.detail = "transaction " + number;
  error.retry_after_s = 5;
  return tl::make_unexpected(std::move(error));
}

// "committed", "aborted", "in progress", or empty for a number that the server no longer keeps.
Result<std::string> status_of(PostgresConnection& connection, const std::string& number) {
  TRY_ASSIGN(auto status,
             connection.first("SELECT coalesce(pg_xact_status($1::xid8), '')", {number},
                              [](const Row& row) { return std::string(row.text(0)); }));
  return std::move(status).value_or("");
}

// What became of a transaction whose COMMIT was not answered.
CommitOutcome resolve(const LiveConnection& live, const std::string& number,
                      const Patience& patience) {
  const auto deadline = Time::now() + patience.resolve;
  for (int attempt = 0; Time::now() < deadline; ++attempt) {
    if (const auto connection = live(); connection) {
      const auto status = status_of(**connection, number);
      if (status && *status == "committed") return CommitOutcome::committed;
      if (status && *status == "aborted") return CommitOutcome::undone;
      if (status && *status != "in progress") return CommitOutcome::unknown;
    }
    pause_before(attempt);
  }
  return CommitOutcome::unknown;
}

struct Attempt {
  bool is_final = true;
  Result<void> outcome = {};
};

Attempt try_once(const LiveConnection& live, PostgresConnection& connection,
                 const std::function<Result<void>(PostgresConnection&)>& body,
                 const Patience& patience) {
  if (auto begun = connection.begin(); !begun) {
    return {.is_final = connection.trouble() == Trouble::none, .outcome = std::move(begun)};
  }
  Result<void> outcome = body(connection);
  if (connection.trouble() != Trouble::none || !outcome) {
    connection.rollback();
    return {.is_final = connection.trouble() == Trouble::none, .outcome = std::move(outcome)};
  }
  const std::string number = connection.transaction_number();
  CommitOutcome end = connection.commit();
  if (end == CommitOutcome::unknown) {
    log::warn("postgresql: the connection was lost during the commit of transaction {}", number);
    end = resolve(live, number, patience);
    log::warn("postgresql: transaction {} was {}", number,
              end == CommitOutcome::committed ? "committed"
              : end == CommitOutcome::undone  ? "undone"
                                              : "not found out about");
    if (end == CommitOutcome::undone) return {.is_final = false, .outcome = {}};
  }
  if (end == CommitOutcome::committed) return {};
  if (end == CommitOutcome::unknown) return {.is_final = true, .outcome = outcome_unknown(number)};
  return {.is_final = connection.trouble() == Trouble::none,
          .outcome = fail_with_detail(ErrorCode::storage_failed, "The database could not do this.",
                                      "transaction " + number + " could not be committed")};
}

}  // namespace

Result<void> run_guarded(const std::function<Result<void>(Connection&)>& step,
                         Connection& connection) {
  try {
    return step(connection);
  } catch (const std::exception& exception) {
    return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                            exception.what());
  }
}

Result<void> run_transaction(const LiveConnection& live,
                             const std::function<Result<void>(PostgresConnection&)>& body,
                             const Patience& patience) {
  const auto deadline = Time::now() + patience.again;
  for (int attempt = 0;; ++attempt) {
    Attempt done{.is_final = false, .outcome = {}};
    if (auto connection = live(); connection) {
      done = try_once(live, **connection, body, patience);
    } else {
      done.outcome = tl::make_unexpected(connection.error());
    }
    if (done.is_final) return std::move(done.outcome);
    if (Time::now() >= deadline) {
      if (!done.outcome && done.outcome.error().code == ErrorCode::storage_failed) {
        return std::move(done.outcome);
      }
      return fail_with_detail(ErrorCode::storage_failed, "The database could not do this.",
                              "given up after deadlocks or lost connections");
    }
    pause_before(attempt);
  }
}

}  // namespace understudy::storage
