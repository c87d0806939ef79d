#include "products/lipsyncs/lipsyncs_routes.h"

#include <utility>

#include "api/job_handlers.h"
#include "products/lipsyncs/lipsyncs_json.h"

namespace understudy::lipsyncs {
namespace {

api::Response created(const jobs::NewJob& job) {
  return api::data_response(json::object{{"lipsync_id", job.id}});
}

json::object removed(const std::string& id) { return {{"id", id}}; }

}  // namespace

std::vector<api::Route> routes(LipsyncsService& service, api::Links links,
                               const money::PriceBook& prices) {
  const api::JobHandlers lipsyncs(
      service.lipsyncs(),
      [links = std::move(links), &prices](const jobs::Job& job, const api::Request& request) {
        return lipsync_json(job, api::link_for(links, request), prices);
      });
  const auto create = [&service](const api::Request& request) {
    return service.create(request, created);
  };
  const auto create_batch = [&service](const api::Request& request) {
    return service.create_batch(request);
  };
  return {
      {"POST", "/v3/lipsyncs", create},
      {"GET", "/v3/lipsyncs", lipsyncs.list()},
      {"GET", "/v3/lipsyncs/statuses", lipsyncs.statuses("lipsync_ids")},
      {"POST", "/v3/lipsyncs/batches", create_batch},
      {"GET", "/v3/lipsyncs/batches/{batch_id}", lipsyncs.show_batch()},
      {"GET", "/v3/lipsyncs/{lipsync_id}", lipsyncs.show()},
      {"PATCH", "/v3/lipsyncs/{lipsync_id}", lipsyncs.rename()},
      {"DELETE", "/v3/lipsyncs/{lipsync_id}", lipsyncs.remove(removed)},
  };
}

api::QuoteFunctions quotes(LipsyncsService& service) {
  return api::quotes_of(service, "/v3/lipsyncs");
}

}  // namespace understudy::lipsyncs
