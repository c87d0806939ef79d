// JSON, amounts, keys, encodings, addresses.
#include <algorithm>
#include <string>

#include "accounts/account.h"
#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "money/money.h"
#include "net/address.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

// Boost.JSON 1.81 reads some doubles one unit in the last place beside the nearest.
bool has_double(const json::value& value) {
  if (const auto* object = value.if_object()) {
    return std::any_of(object->begin(), object->end(),
                       [](const auto& member) { return has_double(member.value()); });
  }
  if (const auto* array = value.if_array()) {
    return std::any_of(array->begin(), array->end(), has_double);
  }
  return value.is_double();
}

void json_text(std::string_view input) {
  const auto value = parse_json(input);
  if (!value) return;
  const std::string text = to_text(*value);
  // Our own text nests no deeper than what was read.
  const auto again = parse_json(text);
  require(again.has_value(), "our own JSON is readable");
  if (!has_double(*value)) require(to_text(*again) == text, "JSON reads back equal");
  require(parse_json(to_pretty_text(*value)).has_value(), "pretty JSON is readable");
}

void amount(std::string_view input) {
  const auto money = money::parse_usd(input);
  if (!money) return;
  const auto again = money::parse_usd(to_text(*money));
  require(again && *again == *money, "an amount reads back equal");
}

void key_text(std::string_view input) {
  require(accounts::key_hash(input).size() == 64, "every text has a hash");
  require(accounts::key_hint(input).size() <= input.size(), "a hint is a part");
  if (!accounts::is_key_text(input)) return;
  require(input.starts_with("us_") && input.size() == 52, "a key has its shape");
  std::string other(input);
  other[10] = other[10] == 'A' ? 'B' : 'A';
  require(!accounts::is_key_text(other), "a changed key shows");
}

void scope(std::string_view input) {
  if (!accounts::is_scope(input)) return;
  const accounts::Principal principal{
      .account_id = {}, .key_id = {}, .scopes = {std::string(input)}, .is_operator = false};
  require(principal.may(input), "a scope allows itself");
  require(!principal.may("operator"), "no scope makes an operator");
}

void encodings(std::string_view input) {
  if (const auto bytes = from_base64(input)) {
    require(to_base64(*bytes) == input, "base64 has one spelling");
  }
  if (const auto bytes = from_base64url(input)) {
    require(to_base64url(*bytes) == input, "base64url has one spelling");
  }
  require(from_base64(to_base64(input)) == input, "base64 reads back");
  require(from_base64url(to_base64url(input)) == input, "base64url reads back");
  require(code_points(input).size() <= input.size(), "a code point has at least a byte");
  (void)is_valid_utf8(input);
  (void)trimmed(input);
}

void address(std::string_view input) {
  if (!net::is_public_address(input)) return;
  require(!input.starts_with("10.") && !input.starts_with("127.") && !input.starts_with("192.168."),
          "a private address is not public");
}

constexpr Target kTargets[] = {{"json", json_text}, {"amount", amount},       {"key", key_text},
                               {"scope", scope},    {"encodings", encodings}, {"address", address}};

}  // namespace

std::span<const Target> base_targets() { return kTargets; }

}  // namespace understudy::fuzz
