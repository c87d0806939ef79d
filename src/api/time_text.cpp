#include "api/time_text.h"

#include <charconv>
#include <ctime>
#include <optional>
#include <string>

namespace understudy::api {
namespace {

constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999

std::optional<std::int64_t> whole_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return seconds * 1000;
}

// ".123456" in milliseconds; `rest` stands behind it afterwards.
std::int64_t fraction_ms(const char*& rest) {
  std::int64_t fraction = 0;
  if (*rest != '.') return fraction;
  std::int64_t place = 100;
  for (++rest; *rest >= '0' && *rest <= '9'; ++rest, place /= 10) {
    fraction += (*rest - '0') * place;
  }
  return fraction;
}

std::optional<std::int64_t> civil_time(const std::string& text, bool is_day) {
  std::tm time = {};
  const char* rest = ::strptime(text.c_str(), is_day ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &time);
  if (rest == nullptr) return std::nullopt;
  const std::int64_t fraction = is_day ? 0 : fraction_ms(rest);
  // By its length, so that a NUL inside ends nothing.
  const auto read = static_cast<std::size_t>(rest - text.c_str());
  if (text.substr(read) != (is_day ? "" : "Z")) return std::nullopt;
  const std::tm asked = time;
  const std::int64_t seconds = ::timegm(&time);
  // timegm() makes 3 March of 31 February.
  if (time.tm_mday != asked.tm_mday || time.tm_mon != asked.tm_mon) return std::nullopt;
  if (seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return seconds * 1000 + fraction;
}

}  // namespace

Result<std::int64_t> parse_time(std::string_view text, std::string_view param) {
  const std::string copy(text);
  auto time_ms = whole_seconds(text);
  if (!time_ms) time_ms = civil_time(copy, true);
  if (!time_ms) time_ms = civil_time(copy, false);
  if (time_ms) return *time_ms;
  return fail(ErrorCode::invalid_parameter,
              "'" + std::string(param) +
                  "' must be a day such as 2026-11-22, a time such as 2026-11-22T15:04:05Z, or "
                  "seconds since 1970.",
              std::string(param));
}

}  // namespace understudy::api
