#include "api/body_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::size_t kUnknownNameMax = 64;
constexpr double kExactBelow = 4194304;                // 2^22: doubles are 4.7e-10 apart below it
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999

const json::value* member(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

tl::unexpected<Error> no_amount(std::string_view name) {
  return invalid_field(name, fmt::format("'{}' must be an amount of US dollars such as \"2.50\", "
                                         "with at most nine decimals.",
                                         name));
}

Result<money::Money> usd_of(double number, std::string_view name) {
  if (!std::isfinite(number)) return no_amount(name);
  if (std::abs(number) >= kExactBelow) {
    return invalid_field(name, fmt::format("'{}' is too large to be exact as a number: write it as "
                                           "a text, such as \"5000000.25\".",
                                           name));
  }
  const std::string text = fmt::format("{:.9f}", number);
  if (std::strtod(text.c_str(), nullptr) != number) return no_amount(name);
  return money::parse_usd(text);
}

}  // namespace

tl::unexpected<Error> invalid_field(std::string_view name, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::string(name));
}

Result<void> check_members(const json::object& object,
                           std::initializer_list<std::string_view> known) {
  for (const auto& field : object) {
    const std::string_view given = field.key();
    if (std::find(known.begin(), known.end(), given) != known.end()) continue;
    const std::string name = printable(given, kUnknownNameMax);
    return invalid_field(name, fmt::format("'{}' is not a field of this call.", name));
  }
  return {};
}

Result<const json::object*> closed_body(const Request& request,
                                        std::initializer_list<std::string_view> known) {
  static const json::object kNothing;
  if (request.body.empty() && request.json.is_null()) return &kNothing;
  const auto* body = request.json.if_object();
  if (body == nullptr) return invalid_field("", "The body must be a JSON object.");
  TRY(check_members(*body, known));
  return body;
}

Result<std::optional<std::string>> optional_text(const json::object& body, std::string_view name,
                                                 std::size_t longest) {
  const auto* value = member(body, name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  const bool is_plain =
      text != nullptr && std::none_of(text->begin(), text->end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
      });
  if (!is_plain || text->size() > longest) {
    return invalid_field(
        name, fmt::format("'{}' must be a text of one line and at most {} bytes.", name, longest));
  }
  return std::string(*text);
}

Result<std::string> required_text(const json::object& body, std::string_view name,
                                  std::size_t longest) {
  TRY_ASSIGN(const auto text, optional_text(body, name, longest));
  if (!text) return invalid_field(name, fmt::format("'{}' is required.", name));
  if (trimmed(*text).empty()) {
    return invalid_field(name, fmt::format("'{}' must not be empty.", name));
  }
  return *text;
}

Result<std::optional<bool>> optional_flag(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) {
    return invalid_field(name, fmt::format("'{}' must be true or false.", name));
  }
  return value->get_bool();
}

Result<std::optional<std::int64_t>> optional_whole(const json::object& body, std::string_view name,
                                                   std::int64_t least, std::int64_t most) {
  const auto* value = member(body, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    return invalid_field(
        name, fmt::format("'{}' must be a whole number from {} to {}.", name, least, most));
  }
  return value->get_int64();
}

Result<std::optional<std::int64_t>> optional_future(const json::object& body, std::string_view name,
                                                    std::int64_t now_ms) {
  TRY_ASSIGN(const auto seconds, optional_whole(body, name, 0, kSecondsMax));
  if (!seconds || *seconds == 0) return std::nullopt;
  if (*seconds * 1000 > now_ms) return *seconds * 1000;
  return invalid_field(name,
                       fmt::format("'{}' must be in the future, in seconds since 1970.", name));
}

Result<std::optional<money::Money>> optional_usd(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->if_double()) {
    TRY_ASSIGN(const auto amount, usd_of(*number, name));
    return amount;
  }
  std::string text;
  if (const auto* whole = value->if_int64()) text = std::to_string(*whole);
  if (const auto* written = value->if_string()) text = std::string(*written);
  const auto amount = money::parse_usd(text);
  if (!amount) return no_amount(name);
  return *amount;
}

Result<money::Money> required_usd(const json::object& body, std::string_view name) {
  TRY_ASSIGN(const auto amount, optional_usd(body, name));
  if (!amount) return invalid_field(name, fmt::format("'{}' is required.", name));
  return *amount;
}

}  // namespace understudy::api
