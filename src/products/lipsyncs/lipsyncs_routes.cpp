#include "products/lipsyncs/lipsyncs_routes.h"

#include <utility>

#include "api/batches.h"
#include "api/pagination.h"
#include "products/lipsyncs/lipsyncs_json.h"

namespace understudy::lipsyncs {
namespace {

using api::Response;

struct Context {
  LipsyncsService& service;
  Links links;
  const money::PriceBook& prices;

  json::object json_of(const jobs::Job& job, const api::Request& request) const {
    return lipsync_json(
        job, [&](const jobs::BlobRef& blob) { return links(blob, request); }, prices);
  }
};

// The service stored this answer in the transaction of its effect.
Response stored(Response response) {
  response.is_answer_stored = true;
  return response;
}

Result<Response> create(const Context& context, const api::Request& request) {
  const AnswerFor answer = [](const std::string& id) {
    return api::data_response(json::object{{"lipsync_id", id}});
  };
  TRY_ASSIGN(const std::string id, context.service.create(request, answer));
  return stored(answer(id));
}

Result<Response> create_batch(const Context& context, const api::Request& request) {
  const AnswerFor answer = [](const std::string& id) {
    return api::data_response(json::object{{"batch_id", id}}, 202);
  };
  TRY_ASSIGN(const std::string id, context.service.create_batch(request, answer));
  return stored(answer(id));
}

Result<Response> show(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             context.service.find(request.principal.account_id, request.path_param("lipsync_id")));
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
  json::array lipsyncs;
  for (const auto& job : jobs) lipsyncs.push_back(context.json_of(job, request));
  return api::page_response(std::move(lipsyncs), next);
}

Result<Response> rename(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             context.service.rename(request.principal.account_id, request.path_param("lipsync_id"),
                                    string_or(request.object(), "title")));
  return api::data_response(context.json_of(job, request));
}

Result<Response> remove(const Context& context, const api::Request& request) {
  const std::string& id = request.path_param("lipsync_id");
  TRY(context.service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}});
}

Result<Response> statuses(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto asked, api::bulk_ids(request, "lipsync_ids"));
  json::array entries;
  const std::string& account = request.principal.account_id;
  for (const auto& id : asked.ids) {
    const auto job = context.service.find(account, id);
    if (!job && job.error().code != ErrorCode::resource_not_found)
      return tl::make_unexpected(job.error());
    entries.push_back(job ? api::status_entry(batch_item(*job))
                          : api::missing_entry("video_id", id));
  }
  for (const auto& id : asked.batch_ids) {
    const auto batch = context.service.find_batch(account, id);
    if (!batch && batch.error().code != ErrorCode::resource_not_found)
      return tl::make_unexpected(batch.error());
    if (!batch) {
      entries.push_back(api::missing_entry("batch_id", id));
      continue;
    }
    for (const auto& job : batch->items) entries.push_back(api::status_entry(batch_item(job)));
  }
  return api::page_response(std::move(entries), std::nullopt);
}

Result<Response> show_batch(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto batch, context.service.find_batch(request.principal.account_id,
                                                          request.path_param("batch_id")));
  api::BatchView view{.id = batch.id,
                      .title = batch.title,
                      .created_at_ms = batch.items.front().created_at_ms,
                      .items = {}};
  for (const auto& job : batch.items) view.items.push_back(batch_item(job));
  return api::batch_response(request, view);
}

}  // namespace

std::vector<api::Route> routes(LipsyncsService& service, Links links,
                               const money::PriceBook& prices) {
  const Context context{service, std::move(links), prices};
  const auto handle = [context](Result<Response> (*handler)(const Context&, const api::Request&)) {
    return [context, handler](const api::Request& request) { return handler(context, request); };
  };
  return {
      {"POST", "/v3/lipsyncs", handle(create)},
      {"GET", "/v3/lipsyncs", handle(list)},
      {"GET", "/v3/lipsyncs/statuses", handle(statuses)},
      {"POST", "/v3/lipsyncs/batches", handle(create_batch)},
      {"GET", "/v3/lipsyncs/batches/{batch_id}", handle(show_batch)},
      {"GET", "/v3/lipsyncs/{lipsync_id}", handle(show)},
      {"PATCH", "/v3/lipsyncs/{lipsync_id}", handle(rename)},
      {"DELETE", "/v3/lipsyncs/{lipsync_id}", handle(remove)},
  };
}

api::QuoteFunctions quotes(LipsyncsService& service) {
  return {{"/v3/lipsyncs", [&service](const auto& principal, const auto& body) {
             return service.quote(principal, body);
           }}};
}

}  // namespace understudy::lipsyncs
