// What money/ledger_store.h promises, and that verify() sees what is wrong.
#include <gtest/gtest.h>

#include "storage/sql/ledger_check.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::Funding;
using money::LedgerEntry;

class LedgerStore : public ::testing::TestWithParam<Backend> {
 protected:
  LedgerStore() { stores.add_account("ann", usd("10")); }

  Funding top_up(const std::string& amount, const std::string& reference) {
    return {.account_id = "ann", .amount = usd(amount), .reference = reference};
  }
  // A paid job from submit to its charge.
  std::string buy(std::int64_t quantity) {
    const auto job = paid_job("ann", usd("2"));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {job}}));
    const auto claimed = stores.jobs->claim(any_worker(), kNowMs).value().value();
    EXPECT_TRUE(stores.jobs->complete(completion(claimed, quantity), kNowMs));
    return job.id;
  }
  // SQL of someone who goes past the stores.
  Result<void> tamper(const std::string& sql) {
    return stores.database->write([&](Connection& c) { return c.run_script(sql); });
  }
  std::string broken_checks() {
    std::string names;
    const auto report = stores.ledger->verify().value();
    for (const auto& check : report.checks) {
      if (!check.is_ok()) names += check.name + " ";
    }
    return names;
  }

  // Triggers and literals are the one thing that tampering has to spell for each database.
  std::string without_triggers() const {
    if (place.is_sqlite()) {
      return "DROP TRIGGER entry_keep; DROP TRIGGER entry_stay; DROP TRIGGER usage_keep;"
             "DROP TRIGGER usage_stay; DROP TRIGGER txn_keep; DROP TRIGGER hold_stay";
    }
    return "ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE usage DISABLE TRIGGER USER;"
           "ALTER TABLE txn DISABLE TRIGGER USER; ALTER TABLE hold DISABLE TRIGGER USER";
  }
  std::string byte_zero() const { return place.is_sqlite() ? "x'00'" : "'\\x00'"; }

  TestPlace place{GetParam()};
  Stores stores{place};
};
UNDERSTUDY_ON_EVERY_DATABASE(LedgerStore);

TEST_P(LedgerStore, APaymentCountsOnce) {
  const LedgerEntry first = stores.ledger->fund(top_up("5", "pay-1"), kNowMs).value();
  const LedgerEntry again = stores.ledger->fund(top_up("5", "pay-1"), kNowMs + 9).value();
  EXPECT_EQ(first.txn_id, again.txn_id);
  EXPECT_EQ(first.hash, again.hash);
  EXPECT_EQ(again.balance_after, usd("15"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("15"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(LedgerStore, APaymentsReferenceCannotBeUsedForAnotherAmount) {
  ASSERT_TRUE(stores.ledger->fund(top_up("5", "pay-1"), kNowMs));
  EXPECT_EQ(stores.ledger->fund(top_up("6", "pay-1"), kNowMs).error().code, ErrorCode::conflict);
  EXPECT_EQ(stores.wallet("ann").posted, usd("15"));
}

TEST_P(LedgerStore, RefusesWhatIsNoFunding) {
  const auto code = [&](const Funding& funding) {
    return stores.ledger->fund(funding, kNowMs).error().code;
  };
  EXPECT_EQ(code(top_up("0", "a")), ErrorCode::invalid_parameter);
  EXPECT_EQ(code(top_up("-1", "a")), ErrorCode::invalid_parameter);
  EXPECT_EQ(code(top_up("1", "")), ErrorCode::invalid_parameter);
  EXPECT_EQ(code({.account_id = "ann", .amount = usd("1"), .source = "revenue", .reference = "a"}),
            ErrorCode::invalid_parameter);
  EXPECT_EQ(code({.account_id = "nobody", .amount = usd("1"), .reference = "a"}),
            ErrorCode::not_found);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(LedgerStore, AnAdjustmentMayTakeOnlyWhatIsAvailable) {
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("4"))}}));
  Funding down{.account_id = "ann", .amount = usd("-7"), .source = "adjustment", .reference = "a1"};
  EXPECT_EQ(stores.ledger->fund(down, kNowMs).error().code, ErrorCode::insufficient_credit);
  down.amount = usd("-6");
  ASSERT_TRUE(stores.ledger->fund(down, kNowMs));
  EXPECT_EQ(stores.wallet("ann").available(), usd("0"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(LedgerStore, ShowsEntriesNewestFirstInPages) {
  const std::string job = buy(1000);
  ASSERT_TRUE(stores.ledger->fund(top_up("5", "pay-1"), kNowMs + 5));
  const auto all = stores.ledger->entries({.account_id = "ann"}).value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].amount, usd("5"));
  EXPECT_EQ(all[1].amount, usd("-0.0667"));
  EXPECT_EQ(all[1].reference, job);
  EXPECT_EQ(all[1].balance_after, usd("9.9333"));
  EXPECT_EQ(all[2].seq, 1);
  const auto next =
      stores.ledger->entries({.account_id = "ann", .before_seq = 3, .limit = 1}).value();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].seq, 2);
  EXPECT_EQ(stores.ledger->entries({.account_id = "ann", .kind = "capture"}).value().size(), 1u);
  EXPECT_EQ(stores.ledger->entries({.account_id = "ann", .from_ms = kNowMs + 1}).value().size(),
            1u);
  EXPECT_EQ(stores.ledger->entries({.account_id = "ann", .until_ms = kNowMs + 1}).value().size(),
            2u);
}

TEST_P(LedgerStore, AWalletThatWouldOverflowIsRefused) {
  const auto refused = stores.ledger->fund(
      {.account_id = "ann", .amount = money::Money{INT64_MAX}, .reference = "too much"}, kNowMs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "amount");
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(LedgerStore, SumsUsageByProduct) {
  buy(1000);
  buy(2000);
  const auto totals = stores.ledger->usage_totals({.account_id = "ann"}, {}).value();
  ASSERT_EQ(totals.size(), 1u);
  EXPECT_EQ(totals[0].product, "avatar_video");
  EXPECT_EQ(totals[0].price_item, kStudio);
  EXPECT_EQ(totals[0].jobs, 2);
  EXPECT_EQ(totals[0].quantity, 3000);
  EXPECT_EQ(totals[0].amount, usd("0.2001"));
  const auto rows = stores.ledger->usage({.account_id = "ann", .limit = 1}).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].quantity, 2000);
  EXPECT_EQ(stores.ledger->usage({.account_id = "ann", .before_id = rows[0].id}).value().size(),
            1u);
  EXPECT_TRUE(stores.ledger->usage({.account_id = "ann", .product = "voices"}).value().empty());
}

TEST_P(LedgerStore, WhatIsWrittenCannotBeChangedOrRemoved) {
  buy(1000);
  for (const std::string table : {"txn", "entry", "usage"}) {
    const std::string column = table == "txn" ? "note = 'x'" : "amount = 1";
    const auto changed = tamper("UPDATE " + table + " SET " + column);
    ASSERT_FALSE(changed) << table;
    EXPECT_NE(changed.error().detail.find("append-only"), std::string::npos);
    ASSERT_FALSE(tamper("DELETE FROM " + table)) << table;
  }
  EXPECT_FALSE(tamper("UPDATE hold SET state = 'open'"));
  EXPECT_FALSE(tamper("DELETE FROM hold"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(LedgerStore, NoWalletCanGoBelowWhatItHolds) {
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("4"))}}));
  EXPECT_FALSE(tamper("UPDATE wallet SET posted = held - 1"));
  EXPECT_FALSE(tamper("UPDATE wallet SET held = -1"));
}

TEST_P(LedgerStore, VerifySeesEveryKindOfTampering) {
  buy(1000);
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}}));
  ASSERT_EQ(broken_checks(), "");
  ASSERT_TRUE(tamper(without_triggers()));
  const std::pair<std::string, const char*> cases[] = {
      {"UPDATE wallet SET posted = posted + 5", "I2 I5 "},
      {"UPDATE wallet SET held = held + 5 WHERE id = 'ann'", "I3 "},
      {"UPDATE grant_lot SET remaining = remaining - 1 WHERE held < remaining", "I5 "},
      {"DELETE FROM hold_lot", "I5 "},
      {"UPDATE hold SET refunded = captured WHERE captured > 0", "I10 "},
      {"UPDATE wallet SET last_seq = last_seq - 1", "I2 "},
      {"UPDATE wallet SET last_hash = " + byte_zero(), "I2 "},
      {"UPDATE entry SET amount = amount + 1 WHERE account_id = 'cash'", "I1 "},
      {"UPDATE entry SET balance_after = 1 WHERE account_id = 'ann' AND seq = 2", "I9 "},
      {"UPDATE txn SET reference = 'x' WHERE kind = 'top_up'", "I9 "},
      {"UPDATE txn SET created_at_ms = 7 WHERE kind = 'top_up'", "I9 "},
      {"UPDATE job SET state = 'failed' WHERE state = 'queued'", "I6 "},
      {"UPDATE job SET state = 'failed' WHERE state = 'completed'", "I7 "},
      {"DELETE FROM usage", "I7 I8 "},
      {"UPDATE usage SET amount = amount + 1", "I7 I8 "},
      {"DELETE FROM hold WHERE state = 'open'; UPDATE wallet SET held = 0", "I5 I6 "},
      {"DELETE FROM entry WHERE account_id = 'ann' AND seq = 1", "I1 I2 I9 "},
  };
  for (const auto& [sql, expected] : cases) {
    // The tampering is looked at inside the write and then undone.
    std::string names;
    const auto undone = stores.database->write([&](Connection& connection) -> Result<void> {
      names.clear();  // a step may run again
      TRY(connection.run_script(sql));
      TRY_ASSIGN(const auto report, check_ledger(connection));
      for (const auto& check : report.checks) names += check.is_ok() ? "" : check.name + " ";
      return fail(ErrorCode::cancelled, "undo");
    });
    EXPECT_EQ(undone.error().code, ErrorCode::cancelled) << sql << undone.error().detail;
    EXPECT_EQ(names, expected) << sql;
  }
  EXPECT_EQ(broken_checks(), "");
}

TEST_P(LedgerStore, VerifyWorksOnADatabaseThatAnotherProcessServes) {
  buy(1000);
  const auto beside =
      place.is_sqlite() ? open_sqlite_read_only(place.file()).value() : place.open();
  const auto report = make_ledger_store(*beside)->verify().value();
  EXPECT_TRUE(report.is_ok());
  EXPECT_EQ(make_account_store(*beside)->wallet("ann").value().posted, usd("9.9333"));
  // Of one SQLite file there is one writer; of PostgreSQL there may be many.
  EXPECT_EQ(make_ledger_store(*beside)->fund(top_up("1", "p"), kNowMs).has_value(),
            !place.is_sqlite());
}

}  // namespace
}  // namespace understudy::storage
