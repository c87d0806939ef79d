#include "products/account/account_query.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/time_text.h"

namespace understudy::account {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 0) return std::nullopt;
  return number;
}

}  // namespace

Result<TimeSpan> time_span(const api::Request& request) {
  TimeSpan span;
  if (const auto from = request.query_value("from")) {
    TRY_ASSIGN(span.from_ms, api::parse_time(*from, "from"));
  }
  if (const auto to = request.query_value("to")) {
    TRY_ASSIGN(span.until_ms, api::parse_time(*to, "to"));
  }
  if (span.until_ms < span.from_ms) {
    return fail(ErrorCode::invalid_parameter, "'to' must not be before 'from'.", "to");
  }
  return span;
}

Result<bool> wants_csv(const api::Request& request) {
  if (const auto format = request.query_value("format")) {
    if (*format == "csv") return true;
    if (*format == "json") return false;
    return fail(ErrorCode::invalid_parameter, "'format' must be json or csv.", "format");
  }
  return request.header("accept").find("text/csv") != std::string_view::npos;
}

Result<bool> flag_value(const api::Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return fail(ErrorCode::invalid_parameter, "'" + std::string(name) + "' must be true or false.",
              std::string(name));
}

Result<money::UsageGrouping> usage_grouping(const api::Request& request) {
  const auto text = request.query_value("group_by");
  if (!text) return money::UsageGrouping{};
  money::UsageGrouping grouping{.by_product = false};
  std::string_view rest = *text;
  while (true) {
    const auto end = std::min(rest.find(','), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (name == "product")
      grouping.by_product = true;
    else if (name == "key")
      grouping.by_key = true;
    else if (name == "project")
      grouping.by_project = true;
    else if (name == "source")
      grouping.by_source = true;
    else if (name == "day")
      grouping.by_day = true;
    else
      return fail(
          ErrorCode::invalid_parameter,
          "'group_by' is a list of product, key, project, source and day, such as product,day.",
          "group_by");
    if (end == rest.size()) return grouping;
    rest.remove_prefix(end + 1);
  }
}

Result<std::int64_t> number_after(std::string_view last_id) {
  if (const auto number = whole_number(last_id)) return *number;
  return fail(ErrorCode::invalid_parameter, "'token' must be a next_token of this list.", "token");
}

}  // namespace understudy::account
