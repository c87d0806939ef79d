// Identifiers: 32 lower-case hex digits, the first 12 of them the milliseconds since 1970 (the
// layout of UUID version 7, RFC 9562), so ids sort by the time of their making. Lists page by id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy {

std::string new_id(std::int64_t now_ms, std::string_view prefix = {});

}  // namespace understudy
