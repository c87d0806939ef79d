#include "api/job_handlers.h"

#include "api/batches.h"
#include "api/job_json.h"
#include "api/pagination.h"

namespace understudy::api {
namespace {

const std::string& id_of(const JobsOfKind& jobs, const Request& request) {
  return request.path_param(jobs.kind().id_param);
}

BatchView view_of(const JobKind& kind, const JobBatch& batch) {
  BatchView view{.id = batch.id,
                 .title = batch.title,
                 .created_at_ms = batch.items.front().created_at_ms,
                 .items = {}};
  for (const auto& job : batch.items) view.items.push_back(batch_item(kind, job));
  return view;
}

}  // namespace

Handler JobHandlers::list(Filter filter) const {
  return [jobs = jobs_, to_json = to_json_,
          filter = std::move(filter)](const Request& request) -> Result<Response> {
    const auto fetch = [&](const PageRequest& page) {
      jobs::JobQuery query;
      query.account_id = request.principal.account_id;
      query.before_id = page.after_id;
      query.limit = page.limit;
      if (filter) filter(request, query);
      return jobs.list(std::move(query));
    };
    return list_response(request, {.limit_default = 10, .limit_max = 100}, fetch,
                         [&](const jobs::Job& job) { return to_json(job, request); });
  };
}

Handler JobHandlers::show() const {
  return [jobs = jobs_, to_json = to_json_](const Request& request) -> Result<Response> {
    TRY_ASSIGN(const auto job, jobs.find(request.principal.account_id, id_of(jobs, request)));
    return data_response(to_json(job, request));
  };
}

Handler JobHandlers::rename() const {
  return [jobs = jobs_, to_json = to_json_](const Request& request) -> Result<Response> {
    TRY_ASSIGN(const auto job, jobs.rename(request.principal.account_id, id_of(jobs, request),
                                           string_or(request.object(), "title")));
    return data_response(to_json(job, request));
  };
}

Handler JobHandlers::remove(Removed answer) const {
  return [jobs = jobs_, answer](const Request& request) -> Result<Response> {
    const std::string& id = id_of(jobs, request);
    TRY(jobs.remove(request.principal.account_id, id));
    return data_response(answer(id));
  };
}

Handler JobHandlers::show_batch() const {
  return [jobs = jobs_](const Request& request) -> Result<Response> {
    TRY_ASSIGN(const auto batch,
               jobs.find_batch(request.principal.account_id, request.path_param("batch_id")));
    return batch_response(request, view_of(jobs.kind(), batch));
  };
}

Handler JobHandlers::statuses(const char* ids) const {
  return [jobs = jobs_, ids](const Request& request) -> Result<Response> {
    const std::string& account = request.principal.account_id;
    const auto find_item = [&](const std::string& id) -> Result<BatchItem> {
      TRY_ASSIGN(const auto job, jobs.find(account, id));
      return batch_item(jobs.kind(), job);
    };
    const auto find_batch = [&](const std::string& id) -> Result<BatchView> {
      TRY_ASSIGN(const auto batch, jobs.find_batch(account, id));
      return view_of(jobs.kind(), batch);
    };
    return statuses_response(request, ids, find_item, find_batch);
  };
}

}  // namespace understudy::api
