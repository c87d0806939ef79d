#include "money/credit_sale.h"

#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "money/top_up.h"

namespace understudy::money {
namespace {

constexpr Money kUsualPrice{10'000'000};
constexpr Money kDearest{1'000'000'000'000};  // 1,000 USD for a credit

tl::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message));
}

Result<Money> price_of(std::string_view text) {
  const auto price = parse_usd(text);
  if (price && *price > Money{} && *price <= kDearest) return *price;
  return wrong(fmt::format("'{}' is no price of a credit, such as 0.01.", text));
}

}  // namespace

CreditTariff::CreditTariff() : tiers_{{.from_credits = 1, .price = kUsualPrice}} {}

Result<CreditTariff> CreditTariff::parse(std::string_view price,
                                         std::span<const std::string> tiers) {
  CreditTariff tariff;
  TRY_ASSIGN(tariff.tiers_.front().price, price_of(price));
  for (const std::string& text : tiers) {
    const auto words = split(trimmed(text), ' ');
    CreditTier tier;
    const std::string& count = words.empty() ? text : words.front();
    const auto read = std::from_chars(count.data(), count.data() + count.size(), tier.from_credits);
    if (words.size() != 2 || read.ec != std::errc() || read.ptr != count.data() + count.size()) {
      return wrong(
          fmt::format("'{}' must be a number of credits and a price, such as "
                      "\"120000 0.00833\".",
                      text));
    }
    TRY_ASSIGN(tier.price, price_of(words[1]));
    const CreditTier& before = tariff.tiers_.back();
    if (tier.from_credits <= before.from_credits || tier.price >= before.price) {
      return wrong(fmt::format("'{}' must be more credits at a lower price than before it.", text));
    }
    tariff.tiers_.push_back(tier);
  }
  return tariff;
}

const CreditTier& CreditTariff::tier_of(std::int64_t credits) const {
  const CreditTier* found = &tiers_.front();
  for (const CreditTier& tier : tiers_) {
    if (credits >= tier.from_credits) found = &tier;
  }
  return *found;
}

Result<Money> CreditTariff::cost(std::int64_t credits) const {
  if (credits < 1 || credits > kCreditsMax) {
    return fail(ErrorCode::invalid_parameter,
                fmt::format("'credits' must be a whole number from 1 to {}.", kCreditsMax),
                "credits");
  }
  Money exact;
  if (__builtin_mul_overflow(tier_of(credits).price.nano_usd, credits, &exact.nano_usd)) {
    return fail(ErrorCode::invalid_parameter, "So many credits cannot be paid at once.", "credits");
  }
  return from_cents(cents_up(exact));
}

}  // namespace understudy::money
