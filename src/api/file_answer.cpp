#include "api/file_answer.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/router.h"
#include "base/text.h"

namespace understudy::api {
namespace {

struct ByteRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end || number < 0) {
    return std::nullopt;
  }
  return number;
}

enum class RangeKind { none, satisfiable, unsatisfiable };

// None for what is no single range of bytes; such a header is ignored.
RangeKind parse_range(std::string_view header, std::int64_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::none;
  const std::string_view spec = trimmed(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) {
    return RangeKind::none;
  }
  const auto first = parse_number(trimmed(spec.substr(0, dash)));
  const auto last = parse_number(trimmed(spec.substr(dash + 1)));
  const bool has_first = dash > 0;
  const bool has_last = dash + 1 < spec.size();
  if ((has_first && !first) || (has_last && !last) || (!has_first && !has_last)) {
    return RangeKind::none;
  }
  if (!has_first) {  // the last n bytes
    if (*last == 0 || size == 0) return RangeKind::unsatisfiable;
    range = {std::max<std::int64_t>(0, size - *last), size - 1};
    return RangeKind::satisfiable;
  }
  if (has_last && *last < *first) return RangeKind::none;
  if (*first >= size) return RangeKind::unsatisfiable;
  range = {*first, has_last ? std::min(*last, size - 1) : size - 1};
  return RangeKind::satisfiable;
}

std::string quoted_etag(const std::string& etag) {
  return etag.empty() || etag.front() == '"' ? etag : "\"" + etag + "\"";
}

bool lists_etag(std::string_view header, std::string_view etag) {
  if (trimmed(header) == "*") return true;
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view item = trimmed(header.substr(0, comma));
    if (item.starts_with("W/")) item.remove_prefix(2);  // weak comparison
    if (item == etag) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

std::string content_disposition(std::string_view name) {
  std::string ascii;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
    ascii += is_plain ? c : '_';
  }
  return "inline; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encode(name);
}

FileAnswer plan_file_answer(const Request& request, const FileBody& file, std::int64_t size) {
  FileAnswer answer{.status = 200, .offset = 0, .length = size, .headers = {}};
  const std::string etag = quoted_etag(file.etag);
  answer.headers.emplace_back("accept-ranges", "bytes");
  answer.headers.emplace_back("x-content-type-options", "nosniff");
  if (file.mime_type == "image/svg+xml") {
    // A drawing may hold scripts and point elsewhere; opened by itself it must do neither.
    answer.headers.emplace_back(
        "content-security-policy",
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  }
  if (!etag.empty()) answer.headers.emplace_back("etag", etag);
  if (!file.download_name.empty()) {
    answer.headers.emplace_back("content-disposition", content_disposition(file.download_name));
  }
  const auto if_none_match = request.header("if-none-match");
  if (!etag.empty() && !if_none_match.empty() && lists_etag(if_none_match, etag)) {
    answer.status = 304;
    answer.length = 0;
    return answer;
  }
  const auto if_range = request.header("if-range");
  const bool range_applies = if_range.empty() || (!etag.empty() && trimmed(if_range) == etag);
  ByteRange range;
  const RangeKind kind =
      range_applies ? parse_range(request.header("range"), size, range) : RangeKind::none;
  if (kind == RangeKind::unsatisfiable) {
    answer.status = 416;
    answer.length = 0;
    answer.headers.emplace_back("content-range", "bytes */" + std::to_string(size));
  } else if (kind == RangeKind::satisfiable) {
    answer.status = 206;
    answer.offset = range.first;
    answer.length = range.last - range.first + 1;
    answer.headers.emplace_back("content-range", "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.last) + "/" +
                                                     std::to_string(size));
  }
  return answer;
}

}  // namespace understudy::api
