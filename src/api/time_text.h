// Times as requests write them. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace understudy::api {

// "2026-11-22" (00:00 UTC), "2026-11-22T15:04:05Z", also with a fraction, or seconds since 1970; in
// milliseconds. Errors: invalid_parameter, naming `param`.
Result<std::int64_t> parse_time(std::string_view text, std::string_view param);

}  // namespace understudy::api
