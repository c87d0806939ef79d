// What add-on credits cost in dollars: a price per credit, and lower ones from a number of credits
// on. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/money.h"

namespace understudy::money {

struct CreditTier {
  std::int64_t from_credits = 1;
  Money price;  // of one credit
};

class CreditTariff {
 public:
  CreditTariff();  // 0.01 USD for a credit

  // `price`: "0.01"; `tiers`: "120000 0.00833" (from so many credits of one purchase on, all of
  // them at this price), ascending, each cheaper than the one before. Errors: invalid_parameter.
  static Result<CreditTariff> parse(std::string_view price, std::span<const std::string> tiers);

  const std::vector<CreditTier>& tiers() const { return tiers_; }
  const CreditTier& tier_of(std::int64_t credits) const;
  // Rounded up to a whole cent. Errors: invalid_parameter (below 1, above kCreditsMax).
  Result<Money> cost(std::int64_t credits) const;

 private:
  std::vector<CreditTier> tiers_;
};

inline constexpr std::int64_t kCreditsMax = 100'000'000;  // of one purchase

}  // namespace understudy::money
