#include "money/ledger.h"

#include <array>
#include <random>

#include <gtest/gtest.h>

#include "money/ledger_store.h"

namespace understudy::money {
namespace {

TEST(Ledger, ACaptureNeverExceedsItsHold) {
  std::mt19937_64 random(3);
  const Price price = PriceBook::version_1().find("lipsync.precision").value();
  for (int i = 0; i < 1000; ++i) {
    const Quantity delivered{static_cast<std::int64_t>(random() % 100'000)};
    const Money hold{static_cast<std::int64_t>(random() % 8'000'000'000)};
    const Money taken = capture_amount(charge(price, delivered), hold);
    EXPECT_LE(taken, hold);
    EXPECT_LE(taken, charge(price, delivered));
    EXPECT_TRUE(taken == hold || taken == charge(price, delivered));
  }
}

TEST(Ledger, TheHashOfAnEntryDependsOnEveryFact) {
  const EntryFacts facts{.account_id = "a",
                         .seq = 2,
                         .txn_id = 3,
                         .kind = "capture",
                         .reference = "job",
                         .amount = Money{-5},
                         .balance_after = Money{95},
                         .created_at_ms = 7};
  const std::string hash = entry_hash("previous", facts);
  EXPECT_EQ(hash.size(), 32u);
  EXPECT_EQ(hash, entry_hash("previous", facts));
  EXPECT_NE(hash, entry_hash("other", facts));
  std::array<EntryFacts, 9> changed;
  changed.fill(facts);
  changed[0].account_id = "b";
  changed[1].seq = 4;
  changed[2].txn_id = 4;
  changed[3].kind = "top_up";
  changed[4].reference = "joc";
  changed[5].amount = Money{-6};
  changed[6].balance_after = Money{94};
  changed[7].created_at_ms = 8;
  changed[8].kind = "capturejob", changed[8].reference = "";
  for (const EntryFacts& other : changed) EXPECT_NE(hash, entry_hash("previous", other));
}

TEST(Ledger, BalancesWhenTheAmountsSumToZero) {
  EXPECT_TRUE(is_balanced(std::array{Money{5}, Money{-2}, Money{-3}}));
  EXPECT_FALSE(is_balanced(std::array{Money{5}, Money{-2}}));
}

TEST(VerifyReport, SaysWhatIsBroken) {
  VerifyReport report{.checks = {{.name = "I1", .rule = "a rule", .looked_at = 4, .broken = {}}}};
  EXPECT_TRUE(report.is_ok());
  report.checks.push_back(
      {.name = "I2", .rule = "another", .looked_at = 1, .broken = {"a is not b"}});
  EXPECT_FALSE(report.is_ok());
  EXPECT_NE(to_text(report).find("a is not b"), std::string::npos);
}

TEST(Ledger, ATestJobsPriceStaysAnAmountThatCanBeSummed) {
  const Price price = PriceBook::version_1().find("speech.starfish").value();
  EXPECT_EQ(test_amount(charge(price, {1000})), charge(price, {1000}));
  EXPECT_EQ(test_amount(charge(price, {INT64_MAX / 2})), Money{10'000'000'000'000});
}

}  // namespace
}  // namespace understudy::money
