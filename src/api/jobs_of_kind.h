// JobsOfKind: one product's jobs as its operations reach them: found, listed, renamed, removed and
// read as batches. A job of another product or another account is not there. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/job_kind.h"
#include "base/clock.h"
#include "base/result.h"
#include "jobs/job_store.h"

namespace understudy::api {

struct JobBatch {
  std::string id;
  std::string title;
  std::vector<jobs::Job> items;  // in the order of the request; one at least
};

class JobsOfKind {
 public:
  JobsOfKind(const JobKind& kind, jobs::JobStore& queue, const Clock& clock)
      : kind_(kind), queue_(queue), clock_(clock) {}

  const JobKind& kind() const { return kind_; }

  // Errors: the kind's not_found.
  Result<jobs::Job> find(std::string_view account_id, std::string_view id) const;
  Result<std::vector<jobs::Job>> list(jobs::JobQuery query) const;
  Result<jobs::Job> rename(std::string_view account_id, std::string_view id,
                           std::string_view title) const;  // the kind's not_found
  Result<void> remove(std::string_view account_id, std::string_view id) const;  // the same
  Result<JobBatch> find_batch(std::string_view account_id,
                              std::string_view id) const;  // resource_not_found

 private:
  tl::unexpected<Error> missing() const;

  JobKind kind_;
  jobs::JobStore& queue_;
  const Clock& clock_;
};

}  // namespace understudy::api
