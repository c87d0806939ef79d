// PriceBook: what each product costs. A row is a rational rate, so the only rounding is the one
// floor() per charge, in the customer's favour. Version 1 is the published self-serve page, row by
// row; a new price is one row in price_book.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "money/money.h"

namespace understudy::money {

enum class PriceUnit { second, minute, video, clip, call };

struct Price {
  std::string_view item;     // "avatar_video.avatar_iv.studio_avatar": the key that jobs carry
  std::string_view heading;  // "Video Generation — Avatar IV": the page's table
  std::string_view row;      // "Studio Avatar"
  PriceUnit unit = PriceUnit::second;
  Money rate;                   // per unit
  std::int64_t quantum_ms = 1;  // durations are billed in whole multiples, rounded down

  // 1000 or 60000 for durations, 0 for countable units.
  std::int64_t per_ms() const;
};

// What was delivered: milliseconds for a rate per time, else a count.
struct Quantity {
  std::int64_t amount = 0;
};

class PriceBook {
 public:
  static const PriceBook& version_1();

  int version() const;
  std::span<const Price> rows() const;  // in the order of the page
  // Errors: invalid_parameter (nothing is sold under this name).
  Result<Price> find(std::string_view item) const;
};

// floor(rate x billable / per) in 128 bits. Requires: quantity.amount >= 0.
Money charge(const Price& price, Quantity quantity);

// "floor(66700000 x 4520 ms / 1000 ms) nano-USD = 0.301484 USD": enough to recompute the charge.
std::string formula(const Price& price, Quantity quantity);

}  // namespace understudy::money
