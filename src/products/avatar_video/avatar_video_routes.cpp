#include "products/avatar_video/avatar_video_routes.h"

#include <utility>

#include "api/job_handlers.h"
#include "products/avatar_video/avatar_video_json.h"

namespace understudy::avatar_video {
namespace {

using api::Response;

Result<Response> create(AvatarVideoService& service, const api::Request& request) {
  const std::string format = string_or(request.object(), "output_format", "mp4");
  return service.create(request, [&](const jobs::NewJob& job) {
    return api::data_response(
        json::object{{"video_id", job.id}, {"status", "waiting"}, {"output_format", format}});
  });
}

Result<Response> show_scenes(const AvatarVideoService& service, const api::Links& links,
                             const money::PriceBook& prices, const api::Request& request) {
  TRY_ASSIGN(const auto job,
             service.videos().find(request.principal.account_id, request.path_param("video_id")));
  TRY_ASSIGN(auto scenes, scenes_json(job, api::link_for(links, request), prices));
  return api::data_response(std::move(scenes));
}

void filter(const api::Request& request, jobs::JobQuery& query) {
  if (const auto folder = request.query_value("folder_id")) query.folder_id = std::string(*folder);
  if (const auto title = request.query_value("title")) query.title_contains = std::string(*title);
}

json::object removed(const std::string& id) { return {{"id", id}, {"deleted", true}}; }

}  // namespace

std::vector<api::Route> routes(AvatarVideoService& service, api::Links links,
                               const money::PriceBook& prices) {
  const api::JobHandlers videos(
      service.videos(), [links, &prices](const jobs::Job& job, const api::Request& request) {
        return video_json(job, api::link_for(links, request), prices);
      });
  return {
      {"POST", "/v3/videos",
       [&service](const api::Request& request) { return create(service, request); }},
      {"GET", "/v3/videos", videos.list(filter)},
      {"GET", "/v3/videos/statuses", videos.statuses("video_ids")},
      {"POST", "/v3/videos/batches",
       [&service](const api::Request& request) { return service.create_batch(request); }},
      {"GET", "/v3/videos/batches/{batch_id}", videos.show_batch()},
      {"GET", "/v3/videos/{video_id}", videos.show()},
      {"GET", "/v3/videos/{video_id}/scenes",
       [&service, links = std::move(links), &prices](const api::Request& request) {
         return show_scenes(service, links, prices, request);
       }},
      {"DELETE", "/v3/videos/{video_id}", videos.remove(removed)},
  };
}

Result<api::Response> create_studio(AvatarVideoService& service, const api::Links& links,
                                    const money::PriceBook& prices, const api::Request& request,
                                    const json::object& body) {
  return service.create_studio(request, body, [&](const jobs::NewJob& job) {
    return api::data_response(
        video_json(jobs::as_submitted(job), api::link_for(links, request), prices));
  });
}

api::QuoteFunctions quotes(AvatarVideoService& service) {
  return api::quotes_of(service, "/v3/videos");
}

}  // namespace understudy::avatar_video
