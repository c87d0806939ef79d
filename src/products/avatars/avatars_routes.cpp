#include "products/avatars/avatars_routes.h"

#include "api/pagination.h"
#include "products/avatars/avatars.h"

namespace understudy::avatars {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kBounds{.limit_default = 20, .limit_max = 50};

json::object group_json(const Request& request, const avatar::Presenter& group) {
  return group_json(group, preview_urls(request, *looks_of(group).front()));
}
json::object look_json(const Request& request, const avatar::Look& look) {
  return look_json(look, preview_urls(request, look));
}

template <class T, class ToJson>
Response page_response(const Request& request, const Page<T>& page, const ToJson& to_json) {
  json::array data;
  for (const T* item : page.items) data.push_back(to_json(request, *item));
  std::optional<std::string> next;
  if (page.has_more) next = api::page_token(page.items.back()->id);
  return api::page_response(std::move(data), std::move(next));
}

Result<Response> list_groups(const Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, kBounds));
  TRY_ASSIGN(const auto found,
             find_groups({.is_private = request.query_value("ownership") == "private",
                          .after_id = page.after_id,
                          .limit = page.limit}));
  return page_response(request, found,
                       [](const auto& r, const auto& g) { return group_json(r, g); });
}

Result<Response> list_looks(const Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, kBounds));
  TRY_ASSIGN(
      const auto found,
      find_looks({.is_private = request.query_value("ownership") == "private",
                  .group_id = std::string(request.query_value("group_id").value_or("")),
                  .avatar_type = std::string(request.query_value("avatar_type").value_or("")),
                  .after_id = page.after_id,
                  .limit = page.limit}));
  return page_response(request, found,
                       [](const auto& r, const auto& l) { return look_json(r, l); });
}

Result<Response> show_group(const Request& request) {
  TRY_ASSIGN(const auto* group, find_group(request.path_param("group_id")));
  return api::data_response(group_json(request, *group));
}

Result<Response> show_look(const Request& request) {
  TRY_ASSIGN(const auto* look, find_look(request.path_param("look_id")));
  return api::data_response(look_json(request, *look));
}

// All presenters are public: nobody's to change, and they need no consent.
tl::unexpected<Error> is_public(const char* what, const char* param) {
  return fail(ErrorCode::resource_access_denied,
              std::string("This avatar is public: it cannot be ") + what + ".", param);
}

Result<Response> refuse_group(const Request& request) {
  TRY(find_group(request.path_param("group_id")));
  return is_public(request.method == "DELETE" ? "deleted" : "changed", "group_id");
}

Result<Response> refuse_look(const Request& request) {
  TRY(find_look(request.path_param("look_id")));
  return is_public(request.method == "DELETE" ? "deleted" : "renamed", "look_id");
}

Result<Response> refuse_consent(const Request& request) {
  TRY(find_group(request.path_param("group_id")));
  return fail(ErrorCode::invalid_parameter, "This avatar needs no consent: digital twins do.",
              "group_id");
}

api::Route preview_route(const char* file, const char* mime_type,
                         std::function<Result<std::filesystem::path>(std::string_view)> make) {
  api::Route route{"GET", std::string("/understudy/v1/avatars/{look_id}/") + file,
                   [=, make = std::move(make)](const Request& request) -> Result<Response> {
                     const std::string& id = request.path_param("look_id");
                     TRY_ASSIGN(auto path, make(id));
                     Response response;
                     response.file = api::FileBody{.path = path,
                                                   .mime_type = mime_type,
                                                   .download_name = path.filename().string(),
                                                   .etag = path.filename().string()};
                     return response;
                   }};
  route.needs_key = false;  // pictures in a page cannot send one
  return route;
}

}  // namespace

PreviewUrls preview_urls(const Request& request, const avatar::Look& look) {
  const std::string base = request.base_url + "/understudy/v1/avatars/" + look.id;
  return {base + "/preview.jpg", base + "/preview.mp4"};
}

std::vector<api::Route> routes(AvatarPreviews& previews) {
  return {
      {"GET", "/v3/avatars", list_groups},
      {"GET", "/v3/avatars/looks", list_looks},
      {"GET", "/v3/avatars/{group_id}", show_group},
      {"PATCH", "/v3/avatars/{group_id}", refuse_group},
      {"DELETE", "/v3/avatars/{group_id}", refuse_group},
      {"POST", "/v3/avatars/{group_id}/consent", refuse_consent},
      {"GET", "/v3/avatars/looks/{look_id}", show_look},
      {"PATCH", "/v3/avatars/looks/{look_id}", refuse_look},
      {"DELETE", "/v3/avatars/looks/{look_id}", refuse_look},
      preview_route("preview.jpg", "image/jpeg",
                    [&previews](std::string_view id) { return previews.picture(id); }),
      preview_route("preview.mp4", "video/mp4",
                    [&previews](std::string_view id) { return previews.video(id); }),
  };
}

}  // namespace understudy::avatars
