// What money/seal_store.h promises, and that verify() sees a history that was rewritten with care.
#include <thread>

#include <gtest/gtest.h>

#include "base/ed25519.h"
#include "money/ledger.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::Seal;

class SealStore : public ::testing::TestWithParam<Backend> {
 protected:
  SealStore() {
    stores.add_account("ann", usd("10"));
    stores.add_account("bob", usd("20"));
    stores.add_account("empty", {});
  }

  std::optional<Seal> seal(std::int64_t now_ms = kNowMs) {
    auto made = seals->seal(kSeed, 0, now_ms);
    EXPECT_TRUE(made) << made.error().message << made.error().detail;
    return made ? *made : std::nullopt;
  }
  void pay(const std::string& account, const std::string& reference) {
    ASSERT_TRUE(stores.ledger->fund(
        {.account_id = account, .amount = usd("1"), .reference = reference}, kNowMs));
  }
  bool is_proved(std::int64_t number, const std::string& wallet) {
    const auto proof = seals->prove(number, wallet).value();
    return money::leads_to_root(money::seal_leaf(wallet, proof.seq, proof.entry_hash),
                                static_cast<std::size_t>(proof.index),
                                static_cast<std::size_t>(proof.seal.wallets), proof.path,
                                proof.seal.root);
  }
  std::string broken_checks() {
    std::string names;
    const auto report = stores.ledger->verify().value();
    for (const auto& check : report.checks) {
      if (!check.is_ok()) names += check.name + " ";
    }
    return names;
  }
  void past_the_triggers(const std::string& table, Result<void> (*change)(Connection&)) {
    ASSERT_TRUE(stores.database->write([&](Connection& connection) -> Result<void> {
      TRY(connection.run_script(
          place.is_sqlite() ? "DROP TRIGGER " + table + "_keep; DROP TRIGGER " + table + "_stay"
                            : "ALTER TABLE " + table + " DISABLE TRIGGER USER"));
      return change(connection);
    }));
  }

  inline static const std::string kSeed = std::string(kEd25519SeedBytes, 'k');
  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<money::SealStore> seals = make_seal_store(*stores.database);
};
UNDERSTUDY_ON_BOTH_DATABASES(SealStore);

TEST_P(SealStore, EachNamesTheOneBeforeAndHasTheWalletsThatHaveEntries) {
  const auto first = seal();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->number, 1);
  EXPECT_EQ(first->wallets, 2);
  EXPECT_EQ(first->previous, "");
  EXPECT_FALSE(seal()) << "nothing was booked since";
  stores.add_account("aaa", usd("1"));  // before the others by its id, behind them in the tree
  pay("bob", "more");
  const auto second = seal(kNowMs + 1);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number, 2);
  EXPECT_EQ(second->wallets, 3);
  EXPECT_EQ(second->previous, first->hash);
  EXPECT_TRUE(stores.is_clean());
  const auto listed = seals->list(money::kNever, 10).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].hash, second->hash);
  EXPECT_EQ(listed[1].root, first->root);
  EXPECT_EQ(seals->list(2, 10).value().size(), 1u);
  EXPECT_TRUE(money::check_signatures(listed, ed25519_public_key(kSeed)).is_ok());
}

TEST_P(SealStore, AWalletsOwnerCanBeShownWhatASealHas) {
  ASSERT_TRUE(seal());
  stores.add_account("aaa", usd("1"));
  pay("bob", "more");
  ASSERT_TRUE(seal());
  pay("ann", "later");
  for (const char* wallet : {"ann", "bob"}) {
    EXPECT_TRUE(is_proved(1, wallet)) << wallet;
    EXPECT_TRUE(is_proved(2, wallet)) << wallet;
  }
  EXPECT_TRUE(is_proved(2, "aaa"));
  EXPECT_EQ(seals->prove(1, "bob").value().seq, 1);
  EXPECT_EQ(seals->prove(2, "bob").value().seq, 2);
  EXPECT_EQ(seals->prove(1, "aaa").error().code, ErrorCode::not_found);
  EXPECT_EQ(seals->prove(2, "empty").error().code, ErrorCode::not_found);
  EXPECT_EQ(seals->prove(3, "ann").error().code, ErrorCode::not_found);
}

TEST_P(SealStore, AYoungSealIsEnough) {
  ASSERT_TRUE(seal(kNowMs));
  pay("ann", "more");
  EXPECT_FALSE(seals->seal(kSeed, 1000, kNowMs + 999).value());
  EXPECT_TRUE(seals->seal(kSeed, 1000, kNowMs + 1000).value());
}

// Who rewrites an entry and every hash behind it leaves a chain that recomputes, and the wrong
// root.
TEST_P(SealStore, AChainThatWasMadeAnewShows) {
  pay("ann", "second");
  ASSERT_TRUE(seal());
  past_the_triggers("entry", [](Connection& connection) -> Result<void> {
    return connection.run_script(
        "UPDATE entry SET amount = amount + 5, balance_after = balance_after + 5 "
        "WHERE account_id = 'ann' AND seq = 2");
  });
  EXPECT_NE(broken_checks().find("I9"), std::string::npos);
  ASSERT_TRUE(stores.database->write([](Connection& connection) -> Result<void> {
    TRY_ASSIGN(const auto facts,
               connection.first("SELECT txn_id, amount, balance_after, prev_hash FROM entry "
                                "WHERE account_id = 'ann' AND seq = 2",
                                {}, [](const Row& row) {
                                  return std::tuple{row.integer(0), row.integer(1), row.integer(2),
                                                    std::string(row.text(3))};
                                }));
    const auto& [txn, amount, balance, previous] = *facts;
    const std::string hash = money::entry_hash(previous, {.account_id = "ann",
                                                          .seq = 2,
                                                          .txn_id = txn,
                                                          .kind = money::kTopUp,
                                                          .reference = "second",
                                                          .amount = {amount},
                                                          .balance_after = {balance},
                                                          .created_at_ms = kNowMs});
    TRY(connection.execute("UPDATE entry SET hash = $1 WHERE account_id = 'ann' AND seq = 2",
                           {Bytes{hash}}));
    TRY(
        connection.execute("UPDATE entry SET amount = amount - 5 WHERE account_id = 'cash' AND "
                           "txn_id = $1",
                           {txn}));
    TRY(
        connection.execute("UPDATE grant_lot SET amount = amount + 5, remaining = remaining + 5 "
                           "WHERE txn_id = $1",
                           {txn}));
    TRY(connection.execute("UPDATE wallet SET posted = posted + 5, last_hash = $1 WHERE id = 'ann'",
                           {Bytes{hash}}));
    return {};
  }));
  EXPECT_EQ(broken_checks(), "I13 ");
}

TEST_P(SealStore, ASealThatWasChangedOrRemovedShows) {
  ASSERT_TRUE(seal());
  pay("ann", "more");
  ASSERT_TRUE(seal());
  EXPECT_FALSE(stores.database->write([](Connection& connection) {
    return connection.execute("DELETE FROM seal WHERE number = 1");
  })) << "append-only";
  past_the_triggers("seal", [](Connection& connection) -> Result<void> {
    return connection.run_script("UPDATE seal SET created_at_ms = 1 WHERE number = 1");
  });
  EXPECT_EQ(broken_checks(), "I13 ");
  ASSERT_TRUE(stores.database->write([](Connection& connection) {
    return connection.execute("DELETE FROM seal WHERE number = 1");
  }));
  EXPECT_EQ(broken_checks(), "I13 ");
}

TEST_P(SealStore, TwoServersSealOnceAndWritersGoOn) {
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    for (int i = 0; !is_over; ++i) pay(i % 2 == 0 ? "ann" : "bob", "p" + std::to_string(i));
  });
  std::vector<std::thread> servers;
  for (int server = 0; server < 2; ++server) {
    servers.emplace_back([&] {
      const auto own = make_seal_store(*stores.database);
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(own->seal(kSeed, 0, kNowMs + i));
    });
  }
  for (auto& server : servers) server.join();
  is_over = true;
  writer.join();
  EXPECT_TRUE(stores.is_clean());
  EXPECT_GE(seals->list(money::kNever, 100).value().size(), 1u);
}

}  // namespace
}  // namespace understudy::storage
