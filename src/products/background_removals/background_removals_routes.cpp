#include "products/background_removals/background_removals_routes.h"

#include <utility>

#include "api/pagination.h"
#include "products/background_removals/background_removals_json.h"

namespace understudy::background_removals {
namespace {

using api::Response;

struct Context {
  BackgroundRemovalsService& service;
  Links links;
  const money::PriceBook& prices;

  json::object json_of(const jobs::Job& job, const api::Request& request) const {
    return removal_json(
        job, [&](const jobs::BlobRef& blob) { return links(blob, request); }, prices);
  }
};

Result<Response> create(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const std::string id, context.service.create(request.principal, request.object()));
  const auto job = context.service.find(request.principal.account_id, id);
  if (job) return api::data_response(context.json_of(*job, request));
  if (job.error().code != ErrorCode::resource_not_found) return tl::make_unexpected(job.error());
  return api::data_response(deleted_json(id));  // the first of this request_id, deleted since
}

Result<Response> show(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             context.service.find(request.principal.account_id, request.path_param("job_id")));
  return api::data_response(context.json_of(job, request));
}

Result<Response> list(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, {.limit_default = 10, .limit_max = 100}));
  jobs::JobQuery query;
  query.account_id = request.principal.account_id;
  query.before_id = page.after_id;
  query.limit = page.limit + 1;  // one more tells whether there is a next page
  TRY_ASSIGN(auto jobs, context.service.list(query));
  const auto next = api::cut_page(jobs, page.limit, [](const jobs::Job& job) { return job.id; });
  json::array removals;
  for (const auto& job : jobs) removals.push_back(context.json_of(job, request));
  return api::page_response(std::move(removals), next);
}

Result<Response> remove(const Context& context, const api::Request& request) {
  const std::string& id = request.path_param("job_id");
  TRY(context.service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}, {"deleted", true}});
}

}  // namespace

std::vector<api::Route> routes(BackgroundRemovalsService& service, Links links,
                               const money::PriceBook& prices) {
  const Context context{service, std::move(links), prices};
  const auto handle = [context](Result<Response> (*handler)(const Context&, const api::Request&)) {
    return [context, handler](const api::Request& request) { return handler(context, request); };
  };
  return {
      {"POST", "/v3/background-removals", handle(create)},
      {"GET", "/v3/background-removals", handle(list)},
      {"GET", "/v3/background-removals/{job_id}", handle(show)},
      {"DELETE", "/v3/background-removals/{job_id}", handle(remove)},
  };
}

api::QuoteFunctions quotes(BackgroundRemovalsService& service) {
  return {{"/v3/background-removals", [&service](const auto& principal, const auto& body) {
             return service.quote(principal, body);
           }}};
}

}  // namespace understudy::background_removals
