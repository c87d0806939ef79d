#include "products/background_removals/background_removals_routes.h"

#include <utility>

#include "api/job_handlers.h"
#include "products/background_removals/background_removals_json.h"

namespace understudy::background_removals {
namespace {

using api::Response;

Result<Response> create(BackgroundRemovalsService& service, const api::JobHandlers::ToJson& to_json,
                        const api::Request& request) {
  TRY_ASSIGN(const std::string id, service.create(request.principal, request.object()));
  const auto job = service.removals().find(request.principal.account_id, id);
  if (job) return api::data_response(to_json(*job, request));
  if (job.error().code != ErrorCode::resource_not_found) return tl::make_unexpected(job.error());
  return api::data_response(deleted_json(id));  // the first of this request_id, deleted since
}

Result<Response> remove(BackgroundRemovalsService& service, const api::Request& request) {
  const std::string& id = request.path_param("job_id");
  TRY(service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}, {"deleted", true}});
}

}  // namespace

std::vector<api::Route> routes(BackgroundRemovalsService& service, api::Links links,
                               const money::PriceBook& prices) {
  const auto to_json = [links = std::move(links), &prices](const jobs::Job& job,
                                                           const api::Request& request) {
    return removal_json(job, api::link_for(links, request), prices);
  };
  const api::JobHandlers removals(service.removals(), to_json);
  return {
      {"POST", "/v3/background-removals",
       [&service, to_json](const api::Request& request) {
         return create(service, to_json, request);
       }},
      {"GET", "/v3/background-removals", removals.list()},
      {"GET", "/v3/background-removals/{job_id}", removals.show()},
      {"DELETE", "/v3/background-removals/{job_id}",
       [&service](const api::Request& request) { return remove(service, request); }},
  };
}

api::QuoteFunctions quotes(BackgroundRemovalsService& service) {
  return api::quotes_of(service, "/v3/background-removals");
}

}  // namespace understudy::background_removals
