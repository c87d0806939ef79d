#include "money/credit_sale.h"

#include <gtest/gtest.h>

namespace understudy::money {
namespace {

CreditTariff tariff() {
  const std::vector<std::string> tiers = {"120000 0.00833", "600000 0.0075"};
  return CreditTariff::parse("0.01", tiers).value();
}

TEST(CreditSale, MoreCreditsCostLessEach) {
  EXPECT_EQ(tariff().cost(500).value(), parse_usd("5").value());
  EXPECT_EQ(tariff().cost(119'999).value(), parse_usd("1199.99").value());
  EXPECT_EQ(tariff().cost(120'000).value(), parse_usd("999.6").value());
  EXPECT_EQ(tariff().cost(600'000).value(), parse_usd("4500").value());
  EXPECT_EQ(CreditTariff().cost(1).value(), parse_usd("0.01").value());
}

TEST(CreditSale, APartOfACentIsOne) {
  const auto fine = CreditTariff::parse("0.000001", {}).value();
  EXPECT_EQ(fine.cost(1).value(), parse_usd("0.01").value());
  EXPECT_EQ(fine.cost(10'001).value(), parse_usd("0.02").value());
}

TEST(CreditSale, RefusesWhatIsNoTariffAndNoAmount) {
  for (const char* price : {"", "0", "-1", "free", "1001"}) {
    EXPECT_FALSE(CreditTariff::parse(price, {})) << price;
  }
  for (const char* tier : {"", "10", "10 0.01", "1 0.005", "x 0.005", "10 x", "10 0.005 1"}) {
    const std::vector<std::string> tiers = {tier};
    EXPECT_FALSE(CreditTariff::parse("0.01", tiers)) << tier;
  }
  for (const std::int64_t credits : {std::int64_t{0}, std::int64_t{-1}, kCreditsMax + 1}) {
    EXPECT_EQ(tariff().cost(credits).error().param, "credits") << credits;
  }
  const auto dear = CreditTariff::parse("1000", {}).value();
  EXPECT_FALSE(dear.cost(kCreditsMax));
}

}  // namespace
}  // namespace understudy::money
