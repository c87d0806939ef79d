// How a file is answered: conditional and range requests by RFC 9110 (sections 13, 14). A single
// byte range is served; several ranges get the whole file, which the RFC allows. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/http.h"

namespace understudy::api {

struct FileAnswer {
  int status = 200;  // 200, 206, 304 or 416
  std::int64_t offset = 0;
  std::int64_t length = 0;  // bytes to send
  std::vector<std::pair<std::string, std::string>> headers;
};

FileAnswer plan_file_answer(const Request& request, const FileBody& file, std::int64_t size);

// `inline; filename="..."; filename*=UTF-8''...` (RFC 6266).
std::string content_disposition(std::string_view name);

}  // namespace understudy::api
