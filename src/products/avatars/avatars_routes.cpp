#include "products/avatars/avatars_routes.h"

#include "api/pagination.h"
#include "products/avatars/avatars.h"

namespace understudy::avatars {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kBounds{.limit_default = 20, .limit_max = 50};

json::object catalogue_group(const Request& request, const avatar::Presenter& group) {
  return group_json(group, preview_urls(request, *looks_of(group).front()));
}
json::object catalogue_look(const Request& request, const avatar::Look& look) {
  return look_json(look, preview_urls(request, look));
}

struct Context {
  AvatarsService& service;
  api::Links links;

  api::LinkFunction link_for(const Request& request) const { return api::link_for(links, request); }
};

// The account's own stand first, newest first; the catalogue follows in its order. A token names
// the last one that was shown.
struct Wanted {
  bool is_private = true;
  bool is_public = true;
};

Wanted wanted_of(const Request& request) {
  const auto ownership = request.query_value("ownership");
  return {ownership != "public", ownership != "private"};
}

Result<json::object> own_group(const Context& context, const Request& request,
                               const jobs::AvatarGroup& group) {
  TRY_ASSIGN(const auto looks,
             context.service.list_looks(
                 {.account_id = group.account_id, .group_id = group.id, .limit = 50}));
  return group_json(group, looks, context.link_for(request));
}

Result<json::object> own_look(const Context& context, const Request& request,
                              const jobs::AvatarLook& look) {
  TRY_ASSIGN(const auto group, context.service.find_group(look.account_id, look.group_id));
  return look_json(look, group, context.link_for(request));
}

Response page_of(json::array data, int limit) {
  std::optional<std::string> next;
  if (data.size() > static_cast<std::size_t>(limit)) {
    data.pop_back();
    next = api::page_token(string_or(data.back().get_object(), "id"));
  }
  return api::page_response(std::move(data), std::move(next));
}

Result<Response> list_groups(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, kBounds));
  const Wanted wanted = wanted_of(request);
  const bool is_in_catalogue = avatar::find_presenter(page.after_id) != nullptr;
  json::array data;
  if (wanted.is_private && !is_in_catalogue) {
    TRY_ASSIGN(const auto own,
               context.service.list_groups({.account_id = request.principal.account_id,
                                            .before_id = page.after_id,
                                            .limit = page.limit + 1}));
    for (const auto& group : own) {
      TRY_ASSIGN(auto item, own_group(context, request, group));
      data.push_back(std::move(item));
    }
  }
  const int room = page.limit + 1 - static_cast<int>(data.size());
  if (wanted.is_public && room > 0) {
    const bool continues = is_in_catalogue || !wanted.is_private;
    TRY_ASSIGN(const auto found,
               find_groups({.after_id = continues ? page.after_id : std::string(), .limit = room}));
    for (const auto* group : found.items) data.push_back(catalogue_group(request, *group));
  }
  return page_of(std::move(data), page.limit);
}

Result<Response> list_looks(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, kBounds));
  const Wanted wanted = wanted_of(request);
  const std::string group_id(request.query_value("group_id").value_or(""));
  const std::string type(request.query_value("avatar_type").value_or(""));
  const bool is_in_catalogue = avatar::find_look(page.after_id) != nullptr;
  json::array data;
  std::optional<bool> is_twin;
  if (!type.empty()) is_twin = type == "digital_twin";
  if (wanted.is_private && !is_in_catalogue && type != "studio_avatar") {
    TRY_ASSIGN(const auto own,
               context.service.list_looks({.account_id = request.principal.account_id,
                                           .group_id = group_id,
                                           .before_id = page.after_id,
                                           .is_twin = is_twin,
                                           .limit = page.limit + 1}));
    for (const auto& look : own) {
      TRY_ASSIGN(auto item, own_look(context, request, look));
      data.push_back(std::move(item));
    }
  }
  const int room = page.limit + 1 - static_cast<int>(data.size());
  if (wanted.is_public && room > 0) {
    const bool continues = is_in_catalogue || !wanted.is_private;
    TRY_ASSIGN(const auto found, find_looks({.group_id = group_id,
                                             .avatar_type = type,
                                             .after_id = continues ? page.after_id : std::string(),
                                             .limit = room}));
    for (const auto* look : found.items) data.push_back(catalogue_look(request, *look));
  }
  return page_of(std::move(data), page.limit);
}

Result<Response> show_group(const Context& context, const Request& request) {
  const std::string& id = request.path_param("group_id");
  if (avatar::find_presenter(id) != nullptr) {
    TRY_ASSIGN(const auto* group, find_group(id));
    return api::data_response(catalogue_group(request, *group));
  }
  TRY_ASSIGN(const auto group, context.service.find_group(request.principal.account_id, id));
  TRY_ASSIGN(auto json, own_group(context, request, group));
  return api::data_response(std::move(json));
}

Result<Response> show_look(const Context& context, const Request& request) {
  const std::string& id = request.path_param("look_id");
  if (avatar::find_look(id) != nullptr) {
    TRY_ASSIGN(const auto* look, find_look(id));
    return api::data_response(catalogue_look(request, *look));
  }
  TRY_ASSIGN(const auto look, context.service.find_look(request.principal.account_id, id));
  TRY_ASSIGN(auto json, own_look(context, request, look));
  return api::data_response(std::move(json));
}

Result<Response> create(const Context& context, const Request& request) {
  const AnswerFor answer = [&](const NewAvatar& avatar) {
    const auto link = context.link_for(request);
    return api::data_response(
        json::object{{"avatar_group", group_json(avatar.group, {&avatar.look, 1}, link)},
                     {"avatar_item", look_json(avatar.look, avatar.group, link)}});
  };
  return context.service.create(request, answer);
}

Result<Response> change_group(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto group, context.service.set_default_voice(
                                   request.principal.account_id, request.path_param("group_id"),
                                   string_or(request.object(), "default_voice_id")));
  TRY_ASSIGN(auto json, own_group(context, request, group));
  return api::data_response(std::move(json));
}

Result<Response> change_look(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto look, context.service.rename_look(request.principal.account_id,
                                                          request.path_param("look_id"),
                                                          string_or(request.object(), "name")));
  TRY_ASSIGN(auto json, own_look(context, request, look));
  return api::data_response(std::move(json));
}

Result<Response> remove_group(const Context& context, const Request& request) {
  const std::string& id = request.path_param("group_id");
  TRY(context.service.remove_group(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}});
}

Result<Response> remove_look(const Context& context, const Request& request) {
  const std::string& id = request.path_param("look_id");
  TRY(context.service.remove_look(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}});
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
  route.is_public_file = true;
  return route;
}

}  // namespace

Result<json::object> shown_group(AvatarsService& service, const api::Links& links,
                                 const Request& request, const jobs::AvatarGroup& group) {
  return own_group(Context{service, links}, request, group);
}

PreviewUrls preview_urls(const Request& request, const avatar::Look& look) {
  const std::string base = request.base_url + "/understudy/v1/avatars/" + look.id;
  return {base + "/preview.jpg", base + "/preview.mp4"};
}

std::vector<api::Route> routes(AvatarPreviews& previews, AvatarsService& service,
                               api::Links links) {
  const Context context{service, std::move(links)};
  const auto route = [&context](const char* method, const char* path, auto handler) {
    return api::port_route(context, method, path, "", handler);
  };
  return {
      route("POST", "/v3/avatars", create),
      route("GET", "/v3/avatars", list_groups),
      route("GET", "/v3/avatars/looks", list_looks),
      route("GET", "/v3/avatars/{group_id}", show_group),
      route("PATCH", "/v3/avatars/{group_id}", change_group),
      route("DELETE", "/v3/avatars/{group_id}", remove_group),
      route("GET", "/v3/avatars/looks/{look_id}", show_look),
      route("PATCH", "/v3/avatars/looks/{look_id}", change_look),
      route("DELETE", "/v3/avatars/looks/{look_id}", remove_look),
      preview_route("preview.jpg", "image/jpeg",
                    [&previews](std::string_view id) { return previews.picture(id); }),
      preview_route("preview.mp4", "video/mp4",
                    [&previews](std::string_view id) { return previews.video(id); }),
  };
}

api::QuoteFunctions quotes(AvatarsService& service) {
  return api::quotes_of(service, "/v3/avatars");
}

}  // namespace understudy::avatars
