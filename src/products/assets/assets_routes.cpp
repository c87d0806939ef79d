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
  Links links;

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
  TRY_ASSIGN(const auto page, api::page_request(request, {.limit_default = 20, .limit_max = 100}));
  jobs::AssetQuery query;
  query.before_id = page.after_id;
  query.limit = page.limit + 1;  // one more tells whether there is a next page
  if (const auto folder = request.query_value("folder_id")) query.folder_id = std::string(*folder);
  const std::string_view username = request.query_value("username").value_or("");
  TRY_ASSIGN(auto assets, context.service.list(request.principal, username, std::move(query)));
  const auto next =
      api::cut_page(assets, page.limit, [](const jobs::Asset& asset) { return asset.id; });
  json::array data;
  for (const auto& asset : assets) data.push_back(asset_json(asset, context.url(asset, request)));
  return api::page_response(std::move(data), next);
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

std::vector<api::Route> routes(AssetService& service, UploadService& uploads, Links links) {
  const Context context{service, uploads, std::move(links)};
  const auto handle = [context](Result<Response> (*handler)(const Context&, const Request&)) {
    return [context, handler](const Request& request) { return handler(context, request); };
  };
  return {
      {"POST", "/v3/assets", handle(upload)},
      {"GET", "/v3/assets", handle(list)},
      {"GET", "/v3/assets/{asset_id}", handle(show)},
      {"DELETE", "/v3/assets/{asset_id}", handle(remove)},
  };
}

}  // namespace understudy::assets
