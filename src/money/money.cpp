#include "money/money.h"

#include <algorithm>
#include <charconv>

namespace understudy::money {
namespace {

constexpr std::size_t kDecimals = 9;
constexpr std::int64_t kNanoPerUsd = 1'000'000'000;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char digit) { return digit >= '0' && digit <= '9'; });
}

tl::unexpected<Error> bad_amount() {
  return fail(ErrorCode::invalid_parameter,
              "An amount of US dollars is written like 12.5, with at most nine decimals.");
}

}  // namespace

Result<Money> parse_usd(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!is_digits(fraction) || fraction.size() > kDecimals) return bad_amount();
  }
  if (!is_digits(whole)) return bad_amount();
  fraction.resize(kDecimals, '0');

  std::int64_t dollars = 0;
  std::int64_t nano = 0;
  const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), dollars);
  if (read.ec != std::errc()) return bad_amount();
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), nano);

  std::int64_t total = 0;
  if (__builtin_mul_overflow(dollars, kNanoPerUsd, &total) ||
      __builtin_add_overflow(total, nano, &total)) {
    return fail(ErrorCode::invalid_parameter, "An amount is at most 9223372036 USD.");
  }
  return Money{is_negative ? -total : total};
}

}  // namespace understudy::money
