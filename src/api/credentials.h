// What the headers of a request say about who makes it and what it may cost. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"

namespace understudy::api {

// The token of "Authorization: Bearer token"; the scheme's name has no case (RFC 9110, 11.1).
// Empty: there is none.
std::string_view bearer_token(const Request& request);

// X-Understudy-Max-Cost: 0.50 (USD); kNoLimit without the header. Requires: the principal is known.
// Errors: invalid_parameter, also when credits pay for the request.
Result<money::Money> cost_limit(const Request& request);

// X-Understudy-Queue: wait or refuse, when the account has no room for another job; `by_default`
// without the header. Errors: invalid_parameter.
Result<bool> waits_for_room(const Request& request, bool by_default);

// X-HeyGen-Client-Source, or X-HeyGen-Source, as the official programs send them: at most 64
// printable bytes; often empty.
std::string client_source(const Request& request);

}  // namespace understudy::api
