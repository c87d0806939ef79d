// The status line and headers of an answer, as HTTP/1.1 text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::api {

struct ResponseHead {
  int status = 200;
  std::string_view content_type;    // empty: none
  std::int64_t content_length = 0;  // < 0: no such header (304)
  std::string_view request_id;
  bool keeps_alive = true;
  std::int64_t now_ms = 0;
};

// Header values lose their line breaks, so that no value can make a header of its own.
std::string head_text(const ResponseHead& head,
                      const std::vector<std::pair<std::string, std::string>>& headers);

std::string_view reason_phrase(int status);

}  // namespace understudy::api
