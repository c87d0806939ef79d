#include "products/assets/upload_routes.h"

#include <utility>

#include "api/batches.h"
#include "api/pagination.h"
#include "products/assets/assets_json.h"

namespace understudy::assets {
namespace {

using api::Request;
using api::Response;
using jobs::UploadState;

struct Context {
  UploadService& uploads;
  AssetService& assets;
  const UploadSigner& signer;
  const Clock& clock;
  api::Links links;
};

Announcement announced(const json::object& file) {
  return {.filename = string_or(file, "filename"),
          .content_type = string_or(file, "content_type"),
          .size = int_or(file, "size_bytes", 0),
          .checksum = string_or(file, "checksum_sha256")};
}

json::object slot_json(const Context& context, const Request& request,
                       const jobs::AssetUpload& upload) {
  const PresignedPut put = context.signer.presign(upload, request.base_url);
  json::object headers;
  for (const auto& [name, value] : put.headers) headers[name] = value;
  return {{"asset_id", upload.id},
          {"status", "pending_upload"},
          {"upload_url", put.url},
          {"upload_headers", std::move(headers)},
          {"expires_in_seconds", (upload.expires_at_ms - upload.created_at_ms) / 1000},
          {"max_bytes", kUploadBytesMax}};
}

Result<Response> open(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto upload,
             context.uploads.open(request.principal, announced(request.object())));
  return api::data_response(slot_json(context, request, upload));
}

Result<Response> open_batch(const Context& context, const Request& request) {
  std::vector<Announcement> files;
  for (const auto& file : request.object().at("files").as_array()) {
    files.push_back(announced(file.as_object()));
  }
  TRY_ASSIGN(const auto made, context.uploads.open_batch(request.principal, files,
                                                         string_or(request.object(), "title")));
  json::array items;
  for (const auto& upload : made.items) items.push_back(slot_json(context, request, upload));
  return api::data_response(json::object{{"batch_id", made.batch.id}, {"items", std::move(items)}});
}

// Before the body is read: a PUT that will be refused costs nothing.
Result<void> guard_put(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto shown, context.signer.verify(request, context.clock.now_ms()));
  const auto length = request.header("content-length");
  if (!length.empty() && length != std::to_string(shown.size)) {
    return fail(ErrorCode::invalid_parameter,
                "This upload_url takes exactly " + std::to_string(shown.size) + " bytes.",
                "size_bytes");
  }
  return context.uploads.check_open(shown.id);
}

Result<Response> put(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto shown, context.signer.verify(request, context.clock.now_ms()));
  const std::int64_t size = request.files.empty() ? 0 : request.files.front().size;
  if (size != shown.size) {
    return fail(ErrorCode::invalid_parameter,
                "This upload_url takes exactly " + std::to_string(shown.size) + " bytes, and " +
                    std::to_string(size) + " came.",
                "size_bytes");
  }
  const auto& file = request.files.front();
  if (!shown.checksum.empty() && shown.checksum != file.sha256) {
    return fail(ErrorCode::invalid_parameter,
                "The content does not have the announced 'checksum_sha256'.", "checksum_sha256");
  }
  TRY(context.uploads.receive(shown.id, file.path));
  Response response;
  response.text = "";
  response.headers.emplace_back("etag", "\"" + file.sha256 + "\"");
  return response;
}

Result<Response> complete(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto asset,
             context.uploads.complete(request.principal, request.path_param("asset_id"),
                                      string_or(request.object(), "checksum_sha256")));
  json::object answer = uploaded_json(asset, context.links(blob_of(asset), request));
  answer["status"] = "processing";
  return api::data_response(std::move(answer));
}

Result<Response> complete_batch(const Context& context, const Request& request) {
  const std::string id = string_or(request.object(), "batch_id");
  TRY(context.uploads.complete_batch(request.principal, id));
  return api::data_response(json::object{{"batch_id", id}}, 202);
}

api::BatchItem item_of(const jobs::AssetUpload& upload) {
  api::BatchItem item{.id = upload.id,
                      .batch_id = upload.batch_id,
                      .index = upload.batch_index,
                      .status = to_string(upload.state),
                      .error_code = upload.error_code,
                      .error_message = upload.error_message};
  if (upload.state == UploadState::pending || upload.state == UploadState::uploaded) {
    item.status = "queued";
  }
  return item;
}

Result<api::BatchView> find_batch(const Context& context, const Request& request,
                                  const std::string& id) {
  TRY_ASSIGN(const auto found, context.uploads.find_batch(request.principal, id));
  api::BatchView view{.id = found.batch.id,
                      .title = found.batch.title,
                      .created_at_ms = found.batch.created_at_ms,
                      .items = {}};
  for (const auto& upload : found.items) view.items.push_back(item_of(upload));
  return view;
}

Result<Response> show_batch(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto batch, find_batch(context, request, request.path_param("batch_id")));
  return api::batch_response(request, batch);
}

Result<api::BatchItem> find_item(const Context& context, const Request& request,
                                 const std::string& id) {
  TRY_ASSIGN(const auto upload, context.uploads.find(request.principal, id));
  if (upload) return item_of(*upload);
  TRY(context.assets.find(request.principal, id));
  return api::BatchItem{.id = id, .status = "completed"};
}

Result<Response> statuses(const Context& context, const Request& request) {
  return api::statuses_response(
      request, "asset_ids", [&](const std::string& id) { return find_item(context, request, id); },
      [&](const std::string& id) { return find_batch(context, request, id); });
}

api::Route put_route(const Context& context) {
  api::Route route = api::port_route(context, "PUT", "/uploads/{asset_id}", "", put);
  route.needs_key = false;  // the signature is the permission
  route.body = api::BodyKind::file;
  route.body_limit = kUploadBytesMax;
  route.guard = [context](const Request& request) { return guard_put(context, request); };
  return route;
}

}  // namespace

std::vector<api::Route> upload_routes(UploadService& uploads, AssetService& assets,
                                      const UploadSigner& signer, const Clock& clock,
                                      api::Links links) {
  const Context context{uploads, assets, signer, clock, std::move(links)};
  const auto route = [&context](const char* method, const char* path, auto handler) {
    return api::port_route(context, method, path, "", handler);
  };
  return {
      route("POST", "/v3/assets/direct-uploads", open),
      route("POST", "/v3/assets/direct-uploads/batches", open_batch),
      route("POST", "/v3/assets/{asset_id}/complete", complete),
      route("POST", "/v3/assets/complete/batches", complete_batch),
      route("GET", "/v3/assets/batches/{batch_id}", show_batch),
      route("GET", "/v3/assets/statuses", statuses),
      put_route(context),
  };
}

}  // namespace understudy::assets
