// Credit prices: what jobs cost when the credits of a plan pay. They form a price book of their
// own, with the items of the dollar book and rates in nano-credits, so that everything that is true
// of charges in dollars is true of charges in credits. The published default rates (per second,
// unless said): Avatar IV and V 0.1, Avatar III 0.0033, video agent 0.0667, translation 0.05 / 0.05
// / 0.1, lipsync 0.05 / 0.1, speech 0.000333, realtime 0.05, avatar creation 1 per call. What has
// no published credit rate is not sold for credits.
#pragma once

#include <string>
#include <string_view>

#include "money/price_book.h"

namespace understudy::money {

// Versions of credit books begin here; dollar books stay below.
inline constexpr int kCreditVersions = 1000;
inline bool is_credit_version(int version) { return version > kCreditVersions; }

const PriceBook& credit_prices_version_1();  // version 1001

// The book that a wallet pays by: `dollars`, or that of credits.
const PriceBook& book_for(const PriceBook& dollars, std::string_view wallet_id);

// The price of an item for the wallet that pays, and the version of the book it is from.
struct Offer {
  Price price;
  int version = 1;
};
// `book`: of dollars. Errors: invalid_parameter (no such item), plan_upgrade_required (not sold for
// credits).
Result<Offer> offer(const PriceBook& book, std::string_view wallet_id, std::string_view item);

// formula() in credits: "floor(100000000 x 4520 ms / 1000 ms) nano-credits = 0.452 credits".
std::string credit_formula(const Price& price, Quantity quantity);

}  // namespace understudy::money
