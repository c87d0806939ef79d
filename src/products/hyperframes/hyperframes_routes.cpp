#include "products/hyperframes/hyperframes_routes.h"

#include <utility>

#include "api/pagination.h"
#include "products/hyperframes/hyperframes_json.h"

namespace understudy::hyperframes {
namespace {

using api::Response;

struct Context {
  HyperframesService& service;
  Links links;
  const money::PriceBook& prices;

  json::object json_of(const jobs::Job& job, const api::Request& request) const {
    return render_json(
        job, [&](const jobs::BlobRef& blob) { return links(blob, request); }, prices);
  }
};

Result<Response> create(const Context& context, const api::Request& request) {
  const AnswerFor answer = [](const std::string& id) {
    return api::data_response(json::object{{"render_id", id}, {"status", "queued"}}, 202);
  };
  TRY_ASSIGN(const std::string id, context.service.create(request, answer));
  Response response = answer(id);
  response.is_answer_stored = true;  // the service stored it in the transaction of its effect
  return response;
}

Result<Response> show(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             context.service.find(request.principal.account_id, request.path_param("render_id")));
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
  json::array renders;
  for (const auto& job : jobs) renders.push_back(context.json_of(job, request));
  return api::page_response(std::move(renders), next);
}

Result<Response> remove(const Context& context, const api::Request& request) {
  const std::string& id = request.path_param("render_id");
  TRY(context.service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"render_id", id}});
}

}  // namespace

std::vector<api::Route> routes(HyperframesService& service, Links links,
                               const money::PriceBook& prices) {
  const Context context{service, std::move(links), prices};
  const auto handle = [context](Result<Response> (*handler)(const Context&, const api::Request&)) {
    return [context, handler](const api::Request& request) { return handler(context, request); };
  };
  return {
      {"POST", "/v3/hyperframes/renders", handle(create)},
      {"GET", "/v3/hyperframes/renders", handle(list)},
      {"GET", "/v3/hyperframes/renders/{render_id}", handle(show)},
      {"DELETE", "/v3/hyperframes/renders/{render_id}", handle(remove)},
  };
}

api::QuoteFunctions quotes(HyperframesService& service) {
  return {{"/v3/hyperframes/renders", [&service](const auto& principal, const auto& body) {
             return service.quote(principal, body);
           }}};
}

}  // namespace understudy::hyperframes
