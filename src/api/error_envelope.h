// The one place that makes HTTP of an Error:
//   {"error": {"code", "message", "param"?, "doc_url", ...extra}}
#pragma once

#include <string_view>

#include "api/http.h"

namespace understudy::api {

int http_status(ErrorCode code);

// The error object alone, as webhooks and failed jobs show it too. `base_url` is where /docs/errors
// is.
json::object error_object(const Error& error, std::string_view base_url);

// With the header Retry-After where the error names a time.
Response error_response(const Error& error, std::string_view base_url);

}  // namespace understudy::api
