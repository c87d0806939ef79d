#include "api/request_body.h"

#include <utility>

namespace understudy::api {
namespace {

constexpr std::uint64_t kBodyBeforeKeyMax = 64 * 1024;

}  // namespace

std::int64_t body_limit(const Endpoint& endpoint, const ServerConfig& config) {
  if (endpoint.route.body_limit > 0) return endpoint.route.body_limit;
  switch (endpoint.route.body) {
    case BodyKind::multipart: return config.multipart_limit;
    case BodyKind::file: return config.file_limit;
    case BodyKind::raw:
    case BodyKind::json: break;
  }
  const bool has_files = endpoint.operation != nullptr && endpoint.operation->has_base64;
  return has_files ? config.base64_limit : config.json_limit;
}

bool is_large(const Endpoint& endpoint, std::optional<std::uint64_t> length) {
  const bool is_kept =
      endpoint.route.body == BodyKind::json || endpoint.route.body == BodyKind::raw;
  return !is_kept || !length || *length > kBodyBeforeKeyMax;
}

Error too_large(std::int64_t limit) {
  Error error;
  error.code = ErrorCode::payload_too_large;
  error.message = "The body is larger than " + std::to_string(limit) + " bytes, the limit here.";
  return error;
}

Result<BodySink> BodySink::open(const Route& route, Request& request,
                                const std::filesystem::path& upload_folder) {
  BodySink sink(request);
  if (route.body == BodyKind::multipart) {
    TRY_ASSIGN(const auto boundary, multipart_boundary(request.header("content-type")));
    sink.multipart_ = std::make_unique<MultipartReader>(boundary, upload_folder);
  } else if (route.body == BodyKind::file) {
    TRY_ASSIGN(sink.file_, UploadWriter::open(upload_folder));
  }
  return sink;
}

Result<void> BodySink::write(std::string_view bytes) {
  if (multipart_ != nullptr) return multipart_->feed(bytes);
  if (file_ != nullptr) return file_->write(bytes);
  request_->body.append(bytes);
  return {};
}

Result<void> BodySink::finish() {
  if (multipart_ != nullptr) return multipart_->finish(*request_);
  if (file_ == nullptr) return {};
  TRY_ASSIGN(auto uploaded, file_->finish());
  uploaded.content_type = request_->header("content-type");
  request_->files.push_back(std::move(uploaded));
  return {};
}

}  // namespace understudy::api
