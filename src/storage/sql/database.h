// Database: where the stores run their SQL. A write is one atomic step: it is durable when the call
// returns, or had no effect. A read never waits for a writer. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <type_traits>

#include "base/result.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

class Database {
 public:
  virtual ~Database() = default;

  // Runs `work(Connection&) -> Result<T>` in a transaction; an error of it undoes its changes. The
  // work may run on another thread while the caller waits, and more than once, each time as if it
  // were the first; it must not call the database itself.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome write(Work&& work) {
    return keep_outcome<Outcome>(work, [this](const Step& step) { return run_write(step); });
  }

  // Runs `work(Connection&) -> Result<T>` without a transaction: for work of a single query.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome read(Work&& work) {
    return keep_outcome<Outcome>(work, [this](const Step& step) { return run_read(step); });
  }

  // The same, and all queries of the work see one state of the database.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome read_snapshot(Work&& work) {
    return read([&](Connection& connection) -> Outcome {
      TRY(connection.execute("BEGIN"));
      Outcome outcome = work(connection);
      TRY(connection.execute("COMMIT"));
      return outcome;
    });
  }

 protected:
  using Step = std::function<Result<void>(Connection&)>;
  virtual Result<void> run_write(const Step& step) = 0;
  virtual Result<void> run_read(const Step& step) = 0;

 private:
  template <class Outcome, class Work, class Run>
  static Outcome keep_outcome(Work& work, Run run) {
    std::optional<Outcome> outcome;
    const auto step = [&](Connection& connection) -> Result<void> {
      outcome.emplace(work(connection));
      if (!*outcome) return tl::make_unexpected(outcome->error());
      return {};
    };
    if (auto done = run(Step(std::ref(step))); !done) return tl::make_unexpected(done.error());
    return std::move(*outcome);
  }
};

}  // namespace understudy::storage
