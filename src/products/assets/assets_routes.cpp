#include "products/assets/assets_routes.h"

#include <algorithm>
#include <utility>

#include "api/pagination.h"
#include "products/assets/assets_json.h"
#include "products/assets/upload_service.h"

namespace understudy::assets {
namespace {

using api::Request;
using api::Response;

struct Context {
  AssetService& service;
  UploadService& uploads;
  api::Links links;

  std::string url(const jobs::Asset& asset, const Request& request) const {
    return links(blob_of(asset), request);
  }
};

Result<Response> upload(const Context& context, const Request& request) {
  const auto file = std::find_if(request.files.begin(), request.files.end(),
                                 [](const auto& candidate) { return candidate.field == "file"; });
  if (file == request.files.end()) {
    return fail(ErrorCode::invalid_parameter,
                "'file' is required: send it as a file field of multipart/form-data.", "file");
  }
  TRY_ASSIGN(const auto asset,
             context.service.upload(
                 request.principal,
                 {.path = file->path,
                  .claim = {.filename = file->filename, .content_type = file->content_type}}));
  return api::data_response(uploaded_json(asset, context.url(asset, request)));
}

Result<Response> list(const Context& context, const Request& request) {
  const auto fetch = [&](const api::PageRequest& page) {
    jobs::AssetQuery query;
    query.before_id = page.after_id;
    query.limit = page.limit;
    if (const auto folder = request.query_value("folder_id")) query.folder_id = *folder;
    const std::string_view username = request.query_value("username").value_or("");
    return context.service.list(request.principal, username, std::move(query));
  };
  return api::list_response(
      request, {.limit_default = 20, .limit_max = 100}, fetch,
      [&](const jobs::Asset& asset) { return asset_json(asset, context.url(asset, request)); });
}

Result<Response> show(const Context& context, const Request& request) {
  const std::string& id = request.path_param("asset_id");
  const auto asset = context.service.find(request.principal, id);
  if (asset) return api::data_response(asset_json(*asset, context.url(*asset, request)));
  if (asset.error().code == ErrorCode::asset_not_available) {  // on its way: without a link
    TRY_ASSIGN(const auto upload, context.uploads.find(request.principal, id));
    if (upload) return api::data_response(asset_json(preview_of(*upload), ""));
  }
  return tl::make_unexpected(asset.error());
}

Result<Response> remove(const Context& context, const Request& request) {
  const std::string& id = request.path_param("asset_id");
  auto removed = context.service.remove(request.principal, id);
  if (!removed && removed.error().code == ErrorCode::asset_not_found) {
    removed = context.uploads.remove(request.principal, id);
  }
  TRY(removed);
  return api::data_response(json::object{{"id", id}});
}

}  // namespace

std::vector<api::Route> routes(AssetService& service, UploadService& uploads, api::Links links) {
  const Context context{service, uploads, std::move(links)};
  return {
      api::port_route(context, "POST", "/v3/assets", "", upload),
      api::port_route(context, "GET", "/v3/assets", "", list),
      api::port_route(context, "GET", "/v3/assets/{asset_id}", "", show),
      api::port_route(context, "DELETE", "/v3/assets/{asset_id}", "", remove),
  };
}

}  // namespace understudy::assets
