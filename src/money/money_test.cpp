#include "money/money.h"

#include <random>

#include <gtest/gtest.h>

namespace understudy::money {
namespace {

TEST(Money, ReadsEveryDecimalExactly) {
  EXPECT_EQ(parse_usd("12.5").value().nano_usd, 12'500'000'000);
  EXPECT_EQ(parse_usd("0.000000001").value().nano_usd, 1);
  EXPECT_EQ(parse_usd("0.0667").value().nano_usd, 66'700'000);
  EXPECT_EQ(parse_usd("-3").value().nano_usd, -3'000'000'000);
  EXPECT_EQ(parse_usd("007").value().nano_usd, 7'000'000'000);
}

TEST(Money, RefusesWhatIsNotAnExactAmount) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1e3", "1,5", " 1", "1 ", "+1", "--1", "$1",
                           "0.0000000001", "nan", "0x1", "1.-5", "12a"}) {
    const auto amount = parse_usd(text);
    ASSERT_FALSE(amount) << text;
    EXPECT_EQ(amount.error().code, ErrorCode::invalid_parameter);
  }
}

TEST(Money, RefusesWhatDoesNotFitInsteadOfWrapping) {
  EXPECT_TRUE(parse_usd("9223372036.854775807"));
  EXPECT_FALSE(parse_usd("9223372036.854775808"));
  EXPECT_FALSE(parse_usd("99999999999999999999999"));
}

TEST(Money, TextReadsBackEqual) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const Money amount{static_cast<std::int64_t>(random() >> (random() % 60)) / 2};
    EXPECT_EQ(parse_usd(to_text(amount)).value(), amount) << to_text(amount);
    EXPECT_EQ(parse_usd(to_text(-amount)).value(), -amount);
  }
}

}  // namespace
}  // namespace understudy::money
