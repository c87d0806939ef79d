// The body of a request: how large it may be, and where its bytes go as they come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "api/dispatcher.h"
#include "api/multipart.h"
#include "api/server.h"
#include "api/upload.h"

namespace understudy::api {

std::int64_t body_limit(const Endpoint& endpoint, const ServerConfig& config);  // bytes
Error too_large(std::int64_t limit);

// A body that nobody may fill memory or disk with before showing a key. No length: not announced.
bool is_large(const Endpoint& endpoint, std::optional<std::uint64_t> length);

// Takes a body to where its route wants it: into Request::body, or as files into Request::files.
// One thread. The request outlives it.
class BodySink {
 public:
  // Errors: invalid_parameter (no multipart boundary), storage_failed.
  static Result<BodySink> open(const Route& route, Request& request,
                               const std::filesystem::path& upload_folder);

  Result<void> write(std::string_view bytes);
  Result<void> finish();

 private:
  explicit BodySink(Request& request) : request_(&request) {}

  Request* request_;
  std::unique_ptr<MultipartReader> multipart_;
  std::unique_ptr<UploadWriter> file_;
};

}  // namespace understudy::api
