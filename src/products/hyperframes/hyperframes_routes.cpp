#include "products/hyperframes/hyperframes_routes.h"

#include <utility>

#include "api/job_handlers.h"
#include "products/hyperframes/hyperframes_json.h"

namespace understudy::hyperframes {
namespace {

api::Response created(const jobs::NewJob& job) {
  return api::data_response(json::object{{"render_id", job.id}, {"status", "queued"}}, 202);
}

json::object removed(const std::string& id) { return {{"render_id", id}}; }

}  // namespace

std::vector<api::Route> routes(HyperframesService& service, api::Links links,
                               const money::PriceBook& prices) {
  const api::JobHandlers renders(
      service.renders(),
      [links = std::move(links), &prices](const jobs::Job& job, const api::Request& request) {
        return render_json(job, api::link_for(links, request), prices);
      });
  const auto create = [&service](const api::Request& request) {
    return service.create(request, created);
  };
  return {
      {"POST", "/v3/hyperframes/renders", create},
      {"GET", "/v3/hyperframes/renders", renders.list()},
      {"GET", "/v3/hyperframes/renders/{render_id}", renders.show()},
      {"DELETE", "/v3/hyperframes/renders/{render_id}", renders.remove(removed)},
  };
}

api::QuoteFunctions quotes(HyperframesService& service) {
  return api::quotes_of(service, "/v3/hyperframes/renders");
}

}  // namespace understudy::hyperframes
