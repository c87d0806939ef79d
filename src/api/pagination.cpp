#include "api/pagination.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace understudy::api {
namespace {

constexpr std::string_view kVersion = "1:";
constexpr std::size_t kIdMax = 200;

Result<int> parse_limit(std::string_view text, PageBounds bounds) {
  int limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (failed != std::errc() || end != text.data() + text.size() || limit < 1 ||
      limit > bounds.limit_max) {
    return fail(ErrorCode::invalid_parameter,
                "'limit' must be an integer from 1 to " + std::to_string(bounds.limit_max) + ".",
                "limit");
  }
  return limit;
}

Result<std::string> parse_token(std::string_view text) {
  const auto bytes = from_base64url(text);
  const bool is_ours = bytes && bytes->size() > kVersion.size() && bytes->size() <= kIdMax &&
                       bytes->compare(0, kVersion.size(), kVersion) == 0 &&
                       std::all_of(bytes->begin(), bytes->end(),
                                   [](unsigned char c) { return c > 0x20 && c < 0x7f; }) &&
                       to_base64url(*bytes) == text;
  if (!is_ours) {
    return fail(ErrorCode::invalid_parameter,
                "'token' is not a next_token that this server gave out.", "token");
  }
  return bytes->substr(kVersion.size());
}

}  // namespace

Result<PageRequest> page_request(const Request& request, PageBounds bounds) {
  PageRequest page;
  page.limit = bounds.limit_default;
  if (const auto limit = request.query_value("limit")) {
    TRY_ASSIGN(page.limit, parse_limit(*limit, bounds));
  }
  if (const auto token = request.query_value("token"); token && !token->empty()) {
    TRY_ASSIGN(page.after_id, parse_token(*token));
  }
  return page;
}

Result<OffsetPage> offset_page(const Request& request, PageBounds bounds) {
  TRY_ASSIGN(const auto page, page_request(request, bounds));
  OffsetPage asked{.limit = page.limit, .offset = 0};
  if (page.after_id.empty()) return asked;
  const auto* end = page.after_id.data() + page.after_id.size();
  const auto parsed = std::from_chars(page.after_id.data(), end, asked.offset);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return fail(ErrorCode::invalid_parameter,
                "'token' is not a next_token that this list gave out.", "token");
  }
  return asked;
}

std::string page_token(std::string_view last_id) {
  return to_base64url(std::string(kVersion) + std::string(last_id));
}

Response page_response(json::array data, std::optional<std::string> next_token) {
  Response response;
  json::object body;
  body["data"] = std::move(data);
  body["has_more"] = next_token.has_value();
  body["next_token"] = next_token ? json::value(*next_token) : json::value(nullptr);
  response.body = std::move(body);
  return response;
}

}  // namespace understudy::api
