#include "products/avatar_video/avatar_video_routes.h"

#include <utility>

#include "api/batches.h"
#include "api/pagination.h"
#include "products/avatar_video/avatar_video_json.h"

namespace understudy::avatar_video {
namespace {

using api::Response;

struct Context {
  AvatarVideoService& service;
  Links links;
  const money::PriceBook& prices;

  LinkFunction link_for(const api::Request& request) const {
    return [this, &request](const jobs::BlobRef& blob) { return links(blob, request); };
  }
};

// The service stored this answer in the transaction of its effect.
Response stored(Response response) {
  response.is_answer_stored = true;
  return response;
}

Result<Response> create(const Context& context, const api::Request& request) {
  const std::string format = string_or(request.object(), "output_format", "mp4");
  const AnswerFor answer = [&](const std::string& id) {
    return api::data_response(
        json::object{{"video_id", id}, {"status", "waiting"}, {"output_format", format}});
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
             context.service.find(request.principal.account_id, request.path_param("video_id")));
  return api::data_response(video_json(job, context.link_for(request), context.prices));
}

Result<Response> show_scenes(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             context.service.find(request.principal.account_id, request.path_param("video_id")));
  TRY_ASSIGN(auto scenes, scenes_json(job, context.link_for(request), context.prices));
  return api::data_response(std::move(scenes));
}

Result<Response> list(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, {.limit_default = 10, .limit_max = 100}));
  jobs::JobQuery query;
  query.account_id = request.principal.account_id;
  query.before_id = page.after_id;
  query.limit = page.limit + 1;  // one more tells whether there is a next page
  if (const auto folder = request.query_value("folder_id")) query.folder_id = std::string(*folder);
  if (const auto title = request.query_value("title")) query.title_contains = std::string(*title);
  TRY_ASSIGN(auto jobs, context.service.list(query));
  const auto next = api::cut_page(jobs, page.limit, [](const jobs::Job& job) { return job.id; });
  json::array videos;
  for (const auto& job : jobs)
    videos.push_back(video_json(job, context.link_for(request), context.prices));
  return api::page_response(std::move(videos), next);
}

Result<Response> remove(const Context& context, const api::Request& request) {
  const std::string& id = request.path_param("video_id");
  TRY(context.service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}, {"deleted", true}});
}

Result<Response> statuses(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto asked, api::bulk_ids(request, "video_ids"));
  json::array entries;
  const std::string& account = request.principal.account_id;
  for (const auto& id : asked.ids) {
    const auto job = context.service.find(account, id);
    if (!job && job.error().code != ErrorCode::video_not_found) {
      return tl::make_unexpected(job.error());
    }
    entries.push_back(job ? api::status_entry(batch_item(*job))
                          : api::missing_entry("video_id", id));
  }
  for (const auto& id : asked.batch_ids) {
    const auto batch = context.service.find_batch(account, id);
    if (!batch && batch.error().code != ErrorCode::resource_not_found) {
      return tl::make_unexpected(batch.error());
    }
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

std::vector<api::Route> routes(AvatarVideoService& service, Links links,
                               const money::PriceBook& prices) {
  const Context context{service, std::move(links), prices};
  const auto handle = [context](Result<Response> (*handler)(const Context&, const api::Request&)) {
    return [context, handler](const api::Request& request) { return handler(context, request); };
  };
  return {
      {"POST", "/v3/videos", handle(create)},
      {"GET", "/v3/videos", handle(list)},
      {"GET", "/v3/videos/statuses", handle(statuses)},
      {"POST", "/v3/videos/batches", handle(create_batch)},
      {"GET", "/v3/videos/batches/{batch_id}", handle(show_batch)},
      {"GET", "/v3/videos/{video_id}", handle(show)},
      {"GET", "/v3/videos/{video_id}/scenes", handle(show_scenes)},
      {"DELETE", "/v3/videos/{video_id}", handle(remove)},
  };
}

Result<api::Response> create_studio(AvatarVideoService& service, const Links& links,
                                    const money::PriceBook& prices, const api::Request& request,
                                    const json::object& body) {
  return service.create_studio(request, body, [&](const jobs::Job& job) {
    const auto link = [&](const jobs::BlobRef& blob) { return links(blob, request); };
    return api::data_response(video_json(job, link, prices));
  });
}

api::QuoteFunctions quotes(AvatarVideoService& service) {
  return {{"/v3/videos", [&service](const auto& principal, const auto& body) {
             return service.quote(principal, body);
           }}};
}

}  // namespace understudy::avatar_video
