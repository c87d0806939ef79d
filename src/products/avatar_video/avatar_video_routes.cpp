#include "products/avatar_video/avatar_video_routes.h"

#include <charconv>
#include <map>
#include <utility>

#include "api/pagination.h"
#include "base/text.h"
#include "products/avatar_video/avatar_video_json.h"

namespace understudy::avatar_video {
namespace {

using api::Response;

constexpr std::size_t kBulkIdsMax = 100;

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

std::vector<std::string> ids_of(const api::Request& request, std::string_view name) {
  return split(request.query_value(name).value_or(""), ',');
}

Result<Response> statuses(const Context& context, const api::Request& request) {
  const auto video_ids = ids_of(request, "video_ids");
  const auto batch_ids = ids_of(request, "batch_ids");
  const std::string_view param =
      video_ids.empty() && !batch_ids.empty() ? "batch_ids" : "video_ids";
  if (video_ids.empty() && batch_ids.empty()) {
    return fail(ErrorCode::invalid_parameter, "Give 'video_ids' or 'batch_ids'.", "video_ids");
  }
  if (video_ids.size() + batch_ids.size() > kBulkIdsMax) {
    return fail(ErrorCode::invalid_parameter,
                "'" + std::string(param) + "' must name at most 100 ids together.",
                std::string(param));
  }
  json::array entries;
  const std::string& account = request.principal.account_id;
  for (const auto& id : video_ids) {
    const auto job = context.service.find(account, id);
    if (!job && job.error().code != ErrorCode::video_not_found)
      return tl::make_unexpected(job.error());
    entries.push_back(job ? status_entry(*job) : missing_entry("video_id", id));
  }
  for (const auto& id : batch_ids) {
    const auto batch = context.service.find_batch(account, id);
    if (!batch && batch.error().code != ErrorCode::resource_not_found) {
      return tl::make_unexpected(batch.error());
    }
    if (!batch) entries.push_back(missing_entry("batch_id", id));
    if (batch) {
      for (const auto& item : batch->items) entries.push_back(status_entry(item));
    }
  }
  return api::page_response(std::move(entries), std::nullopt);
}

// completed when every item ended and one at least is there; failed when all failed.
std::string_view batch_status(const std::vector<jobs::Job>& items) {
  bool has_completed = false;
  for (const auto& item : items) {
    if (!jobs::is_terminal(item.state)) return "processing";
    has_completed = has_completed || item.state == jobs::JobState::completed;
  }
  return has_completed ? "completed" : "failed";
}

// Items page by their index; -1: from the first.
Result<int> index_after(const api::PageRequest& page) {
  if (page.after_id.empty()) return -1;
  int index = -1;
  const auto* end = page.after_id.data() + page.after_id.size();
  const auto read = std::from_chars(page.after_id.data(), end, index);
  if (read.ec == std::errc() && read.ptr == end && index >= 0) return index;
  return fail(ErrorCode::invalid_parameter, "'token' must be a next_token of this list.", "token");
}

Result<Response> show_batch(const Context& context, const api::Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, {.limit_default = 100, .limit_max = 100}));
  TRY_ASSIGN(const int after, index_after(page));
  TRY_ASSIGN(const auto batch, context.service.find_batch(request.principal.account_id,
                                                          request.path_param("batch_id")));
  std::map<std::string, int> counts{
      {"queued", 0}, {"processing", 0}, {"completed", 0}, {"failed", 0}};
  json::array items;
  bool has_more = false;
  std::string last;
  for (const auto& job : batch.items) {
    ++counts[std::string(item_status(job.state))];
    const std::string position = std::to_string(job.batch_index);
    if (job.batch_index <= after) continue;
    if (static_cast<int>(items.size()) == page.limit) {
      has_more = true;
      continue;
    }
    json::object item = status_entry(job);
    item.erase("batch_id");
    items.push_back(std::move(item));
    last = position;
  }
  json::object by_status;
  for (const auto& [status, count] : counts) by_status[status] = count;
  return api::data_response(json::object{
      {"batch_id", batch.id},
      {"title", string_or_null(batch.title)},
      {"status", batch_status(batch.items)},
      {"created_at", batch.items.front().created_at_ms / 1000},
      {"total_items", batch.items.size()},
      {"counts_by_status", std::move(by_status)},
      {"items", std::move(items)},
      {"has_more", has_more},
      {"next_token", has_more ? json::value(api::page_token(last)) : json::value(nullptr)}});
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
