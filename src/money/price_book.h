// PriceBook: what each product costs. A row is a rational rate, so the only rounding is the one
// floor() per charge, in the customer's favour. Version 1 is the published self-serve page, row by
// row. An operator's later versions are installed at start, each with the time from which it is in
// effect; a job is billed by the version of its submit.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/money.h"

namespace understudy::money {

enum class PriceUnit { second, minute, video, clip, call };
std::string_view to_string(PriceUnit unit);  // "second"

struct Price {
  std::string_view item;     // "avatar_video.avatar_iv.studio_avatar": the key that jobs carry
  std::string_view heading;  // "Video Generation — Avatar IV": the page's table
  std::string_view row;      // "Studio Avatar"
  PriceUnit unit = PriceUnit::second;
  Money rate;                            // per unit
  std::int64_t quantum_ms = 1;           // durations are billed in whole multiples, rounded down
  std::string_view row_title = "Item";   // the head of the table's first column
  std::string_view rate_title = "Rate";  // and of its second

  // 1000 or 60000 for durations, 0 for countable units.
  std::int64_t per_ms() const;
};

// What was delivered: milliseconds for a rate per time, else a count.
struct Quantity {
  std::int64_t amount = 0;
};

class PriceBook {
 public:
  // Errors: invalid_parameter (an item twice, a negative rate, a quantum below 1 ms).
  static Result<PriceBook> make(int version, std::vector<Price> rows,
                                std::int64_t effective_from_ms = 0);
  static const PriceBook& version_1();
  // The book that a job was priced with; it lives as long as the process. Any thread. Errors:
  // invalid_parameter (no such version).
  static Result<const PriceBook*> of_version(int version);
  // Replaces the versions behind 1. Errors: invalid_parameter (they are not 2, 3, 4 ... in the
  // order of their times, an item's unit changed or an item is missing).
  static Result<void> install(std::vector<PriceBook> later);
  static std::vector<const PriceBook*> all();  // by version

  // The newest installed version in effect at a time; this one, when there is none.
  const PriceBook& in_effect(std::int64_t time_ms) const;

  int version() const { return version_; }
  std::int64_t effective_from_ms() const { return effective_from_ms_; }
  std::span<const Price> rows() const { return rows_; }  // in the order of the page
  // Errors: invalid_parameter (nothing is sold under this name).
  Result<Price> find(std::string_view item) const;

 private:
  int version_ = 0;
  std::int64_t effective_from_ms_ = 0;
  std::vector<Price> rows_;
};

// floor(rate x billable / per) in 128 bits. Requires: quantity.amount >= 0. Beyond what Money can
// hold the answer is the largest Money, which no wallet covers.
Money charge(const Price& price, Quantity quantity);

// "floor(66700000 x 4520 ms / 1000 ms) nano-USD = 0.301484 USD": enough to recompute the charge.
std::string formula(const Price& price, Quantity quantity);

// The rate as the page writes it: "$0.0667 / sec", "$1.00 per call".
std::string rate_text(const Price& price);

// The page's tables: heading, column titles, one line per row.
std::string to_page_text(const PriceBook& book);

}  // namespace understudy::money
