// How a job ends. Each is a step inside a write: the state, the money, the files and the message
// to the outside change together or not at all.
#pragma once

#include "jobs/job_store.h"
#include "storage/sql/job_rows.h"

namespace understudy::storage {

// The job, if it is running under this fence. Errors: conflict.
Result<LiveJob> held_by(Connection& connection, std::string_view job_id, std::int64_t fence);

bool is_held(const std::optional<LiveJob>& job, std::int64_t fence);
tl::unexpected<Error> no_longer_held();

// `result`: the completion's, as text. Requires: the job is running under the completion's fence.
Result<void> complete_job(Connection& connection, const LiveJob& job,
                          const jobs::Completion& completion, std::string_view result,
                          std::int64_t now_ms);

// Failed (an error is given) or cancelled, from queued or running. The fence grows, so whoever
// holds the job can change nothing more.
struct Ending {
  jobs::JobState state = jobs::JobState::failed;
  std::string_view code = {};
  std::string_view message = {};
};
Result<void> end_job(Connection& connection, const LiveJob& job, const Ending& ending,
                     std::int64_t now_ms);

// What the job costs for what was delivered. Errors: invalid_parameter (its parts are others).
Result<money::Money> exact_price(const LiveJob& job, const jobs::Delivered& delivered);

// Errors: invalid_parameter.
Result<void> keep_quantity(Connection& connection, const LiveJob& job,
                           const jobs::Delivered& delivered);

Result<void> queue_again(Connection& connection, std::string_view job_id);

}  // namespace understudy::storage
