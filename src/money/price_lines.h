// Price lines: the price of a job that is made of parts sold at different rates, a studio video
// above all. Each part is a line with its own item and quantity, charged and rounded by itself; the
// job costs their sum, so everyone can add the lines up. A line without an item is free.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "money/price_book.h"

namespace understudy::money {

// What such a job is listed under; no book sells it. Its quantity is its milliseconds in all.
inline constexpr std::string_view kStudioItem = "studio_video";

struct PriceLine {
  std::string item;  // empty: free
  std::int64_t quantity = 0;

  friend bool operator==(const PriceLine&, const PriceLine&) = default;
};

// Errors: invalid_parameter (an item that the book does not sell, a negative quantity).
Result<Money> charge(const PriceBook& book, const PriceLine& line);
Result<Money> charge(const PriceBook& book, std::span<const PriceLine> lines);

// The lines with what was delivered of each. Errors: invalid_parameter (another number of them).
Result<std::vector<PriceLine>> with_quantities(std::vector<PriceLine> lines,
                                               std::span<const std::int64_t> quantities);

// "0.301484 + 0.002001 = 0.303485 USD": the lines' charges, free ones left out. `currency`: "USD".
std::string formula(const PriceBook& book, std::span<const PriceLine> lines,
                    std::string_view currency);

// [{"item": "speech.starfish", "quantity": 4520}], or nothing for no lines: as it is stored.
std::string to_text(std::span<const PriceLine> lines);
Result<std::vector<PriceLine>> price_lines_from(std::string_view text);  // storage_failed

}  // namespace understudy::money
