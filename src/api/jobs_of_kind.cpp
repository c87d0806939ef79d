#include "api/jobs_of_kind.h"

#include <algorithm>

#include "api/job_submit.h"

namespace understudy::api {

tl::unexpected<Error> JobsOfKind::missing() const {
  return fail(kind_.not_found, "There is no " + std::string(kind_.noun) + " with this id.",
              std::string(kind_.id_param));
}

Result<jobs::Job> JobsOfKind::find(std::string_view account_id, std::string_view id) const {
  auto job = queue_.find(account_id, id);
  if (job && job->kind == kind_.name) return job;
  if (!job && job.error().code != ErrorCode::not_found) return job;
  return missing();
}

Result<std::vector<jobs::Job>> JobsOfKind::list(jobs::JobQuery query) const {
  query.kind = kind_.name;
  return queue_.list(query);
}

Result<jobs::Job> JobsOfKind::rename(std::string_view account_id, std::string_view id,
                                     std::string_view title) const {
  TRY(find(account_id, id));
  auto job = queue_.rename(account_id, id, title);
  if (!job && job.error().code == ErrorCode::not_found) return missing();
  return job;
}

Result<void> JobsOfKind::remove(std::string_view account_id, std::string_view id) const {
  TRY(find(account_id, id));
  return queue_.remove(account_id, id, clock_.now_ms());
}

Result<JobBatch> JobsOfKind::find_batch(std::string_view account_id, std::string_view id) const {
  jobs::JobQuery query;
  query.account_id = account_id;
  query.batch_id = id;
  query.limit = kBatchEntriesMax;
  TRY_ASSIGN(auto items, list(std::move(query)));
  if (items.empty())
    return fail(ErrorCode::resource_not_found, "There is no batch with this id.", "batch_id");
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.batch_index < b.batch_index; });
  std::string title = string_or(items.front().request, "batch_title");
  return JobBatch{std::string(id), std::move(title), std::move(items)};
}

}  // namespace understudy::api
