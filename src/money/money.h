// Money: an exact amount of US dollars.
//
// Unit: nano-dollars (1e-9 USD) in a signed 64-bit integer, exact up to 9.2e9 USD. Floating point
// never holds money. Rounding happens once per charge line, in PriceBook.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace understudy::money {

struct Money {
  std::int64_t nano_usd = 0;

  friend constexpr auto operator<=>(Money, Money) = default;
  friend constexpr Money operator+(Money a, Money b) { return {a.nano_usd + b.nano_usd}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.nano_usd - b.nano_usd}; }
  friend constexpr Money operator-(Money a) { return {-a.nano_usd}; }
};

inline constexpr Money kNoLimit{INT64_MAX};

// "12.5", "0.000000001"; at most nine decimals. Errors: invalid_parameter.
Result<Money> parse_usd(std::string_view text);

inline std::string to_text(Money amount) { return decimal_text(amount.nano_usd, 9); }
inline json::value to_json(Money amount) { return decimal(amount.nano_usd, 9); }

}  // namespace understudy::money
