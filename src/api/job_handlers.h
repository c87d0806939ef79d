// JobHandlers: the operations that are the same for every kind of job: a page of them, one of them,
// its new title, its removal, batches and bulk statuses. A product's routes name the paths.
#pragma once

#include <functional>
#include <string>

#include "api/http.h"
#include "api/jobs_of_kind.h"

namespace understudy::api {

class JobHandlers {
 public:
  using ToJson = std::function<json::object(const jobs::Job& job, const Request& request)>;
  // Narrows a list to what the query asks for.
  using Filter = std::function<void(const Request& request, jobs::JobQuery& query)>;
  // The answer to a removal, from the id.
  using Removed = json::object (*)(const std::string& id);

  JobHandlers(JobsOfKind jobs, ToJson to_json) : jobs_(jobs), to_json_(std::move(to_json)) {}

  Handler list(Filter filter = {}) const;
  Handler show() const;
  Handler rename() const;  // to the body's title
  Handler remove(Removed answer) const;
  Handler show_batch() const;               // of the path's batch_id
  Handler statuses(const char* ids) const;  // of the query's `ids` ("lipsync_ids") and batch_ids

 private:
  JobsOfKind jobs_;
  ToJson to_json_;
};

}  // namespace understudy::api
