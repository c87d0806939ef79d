// Database: where the stores run their SQL. A write is one atomic step: it is durable when the call
// returns, or had no effect. A read never waits for a writer. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

#include "base/result.h"
#include "storage/sql/connection.h"
#include "storage/sql/dialect.h"

namespace understudy::jobs {
class JobStore;
}

namespace understudy::storage {

class Database {
 public:
  virtual ~Database() = default;

  // The job store, or one over it that takes the busiest steps itself. It borrows the database.
  virtual std::unique_ptr<jobs::JobStore> with_own_steps(std::unique_ptr<jobs::JobStore> store);

  // Runs `work(Connection&) -> Result<T>` in a transaction; an error of it undoes its changes.
  // Errors besides its own: storage_failed; service_unavailable (whether it happened is unknown,
  // because the database went away at the commit; never a reason to do it again blindly). The work
  // may run on another thread while the caller waits, and more than once, each time as if it were
  // the first; it must not call the database itself.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome write(Work&& work) {
    return keep_outcome<Outcome>(work, [this](const Step& step) { return run_write(step); });
  }

  // The same for a step on one wallet, named by its account: a database with several writers gives
  // the steps of one account to the same of them, which commits those that wait together.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome write_for(std::string_view account_id, Work&& work) {
    return keep_outcome<Outcome>(work,
                                 [&](const Step& step) { return run_write_for(account_id, step); });
  }

  // The same for a step on the wallet that pays for this job.
  template <class Work, class Outcome = std::invoke_result_t<Work&, Connection&>>
  Outcome write_for_job(std::string_view job_id, Work&& work) {
    return keep_outcome<Outcome>(work,
                                 [&](const Step& step) { return run_write_for_job(job_id, step); });
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
      TRY(connection.execute(begin_snapshot(connection.dialect())));
      Outcome outcome = work(connection);
      TRY(connection.execute("COMMIT"));
      return outcome;
    });
  }

 protected:
  using Step = std::function<Result<void>(Connection&)>;
  virtual Result<void> run_write(const Step& step) = 0;
  virtual Result<void> run_write_for(std::string_view /*account_id*/, const Step& step) {
    return run_write(step);
  }
  virtual Result<void> run_write_for_job(std::string_view /*job_id*/, const Step& step) {
    return run_write(step);
  }
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
