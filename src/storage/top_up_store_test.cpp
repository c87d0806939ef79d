// What money/top_up_store.h promises: one credit however often and in whatever order the provider
// speaks, nothing below zero, and books that verify.
#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::Applied;
using money::Money;
using money::PaymentFacts;
using money::PaymentOutcome;
using money::ReversalFacts;
using money::ReversalKind;
using money::ReversalStage;
using money::TopUp;
using money::TopUpState;

class TopUpStore : public ::testing::TestWithParam<Backend> {
 protected:
  TopUpStore() { stores.add_account("ann", usd("10")); }

  TopUp make(const std::string& amount, const std::string& request_key = {}) {
    TopUp top_up;
    top_up.id = new_id(kNowMs, "topup_");
    top_up.account_id = "ann";
    top_up.amount = usd(amount);
    top_up.provider_request = "mode=payment";
    top_up.created_at_ms = kNowMs;
    const auto made =
        store->create({.top_up = top_up, .request_key = request_key, .poll_at_ms = kNowMs + 1});
    EXPECT_TRUE(made) << made.error().detail;
    return *made;
  }
  static PaymentFacts facts(const TopUp& top_up, PaymentOutcome outcome) {
    return {.top_up_id = top_up.id,
            .session_id = "cs_" + top_up.id,
            .payment_id = "pi_" + top_up.id,
            .customer_id = "cus_1",
            .outcome = outcome,
            .amount_cents = money::cents(top_up.amount),
            .currency = "usd"};
  }
  TopUp pay(const std::string& amount) {
    const TopUp top_up = make(amount);
    EXPECT_EQ(store->apply(facts(top_up, PaymentOutcome::paid), kNowMs).value(), Applied::credited);
    return store->find("ann", top_up.id).value();
  }
  static ReversalFacts reversal(const TopUp& top_up, ReversalStage stage, std::int64_t amount_cents,
                                ReversalKind kind = ReversalKind::dispute) {
    return {.kind = kind,
            .stage = stage,
            .id = (kind == ReversalKind::dispute ? "dp_" : "ch_") + top_up.id,
            .payment_id = "pi_" + top_up.id,
            .amount_cents = amount_cents};
  }
  Applied take_back(const ReversalFacts& facts) { return store->apply(facts, kNowMs).value(); }
  Money available() { return stores.wallet("ann").available(); }
  Money owed() {
    Money sum;
    const auto debts = store->debts("ann").value();
    for (const auto& debt : debts) sum = sum + debt.owed();
    return sum;
  }
  std::int64_t messages(const std::string& topic) {
    return stores.database
        ->read([&](Connection& c) {
          return c.first("SELECT count(*) FROM outbox WHERE topic = $1", {topic},
                         [](const Row& row) { return row.integer(0); });
        })
        .value()
        .value();
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<money::TopUpStore> store = make_top_up_store(*stores.database);
};

UNDERSTUDY_ON_BOTH_DATABASES(TopUpStore);

TEST_P(TopUpStore, CreditsOnceFromManyThreads) {
  const TopUp top_up = make("25");
  std::atomic<int> credits = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&, i] {
      PaymentFacts told = facts(top_up, PaymentOutcome::paid);
      if (i % 2 == 0) told.event_id = "evt_" + std::to_string(i % 8);
      if (store->apply(told, kNowMs).value() == Applied::credited) ++credits;
    });
  }
  callers.clear();
  EXPECT_EQ(credits, 1);
  EXPECT_EQ(available(), usd("35"));
  EXPECT_EQ(messages("wallet.top_up_succeeded"), 1);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, EndsInTheSameStateWhateverTheOrder) {
  std::vector<PaymentOutcome> order = {PaymentOutcome::pending, PaymentOutcome::failed,
                                       PaymentOutcome::expired, PaymentOutcome::paid};
  std::sort(order.begin(), order.end());
  Money expected = available();
  do {
    const TopUp top_up = make("5");
    for (const auto outcome : order) ASSERT_TRUE(store->apply(facts(top_up, outcome), kNowMs));
    expected = expected + usd("5");
    EXPECT_EQ(store->find("ann", top_up.id)->state, TopUpState::paid);
    EXPECT_EQ(available(), expected);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, CreditsNothingThatWasNotAskedFor) {
  const TopUp top_up = make("25");
  PaymentFacts told = facts(top_up, PaymentOutcome::paid);
  told.amount_cents = 2501;
  EXPECT_EQ(store->apply(told, kNowMs).value(), Applied::disagreed);
  told = facts(top_up, PaymentOutcome::paid);
  told.currency = "eur";
  EXPECT_EQ(store->apply(told, kNowMs).value(), Applied::disagreed);
  EXPECT_EQ(available(), usd("10"));
  EXPECT_EQ(store->find("ann", top_up.id)->failure_code, "amount_mismatch");
  told = facts(top_up, PaymentOutcome::paid);
  told.top_up_id = "topup_other";
  told.session_id = told.payment_id = "other";
  EXPECT_EQ(store->apply(told, kNowMs).value(), Applied::unknown);
  EXPECT_EQ(messages("wallet.top_up_failed"), 1);
}

TEST_P(TopUpStore, ASecondPaymentOfOneTopUpIsNoticed) {
  const TopUp top_up = pay("25");
  PaymentFacts second = facts(top_up, PaymentOutcome::paid);
  second.session_id = "cs_second";
  second.payment_id = "pi_second";
  EXPECT_EQ(store->apply(second, kNowMs).value(), Applied::paid_twice);
  EXPECT_EQ(available(), usd("35"));
}

TEST_P(TopUpStore, TheSameRequestIsTheSameTopUpForADay) {
  const TopUp first = make("5", "key");
  EXPECT_EQ(make("6", "key").id, first.id);
  TopUp later = first;
  later.id = new_id(kNowMs, "topup_");
  later.created_at_ms = kNowMs + 25LL * 3'600'000;
  EXPECT_EQ(store->create({.top_up = later, .request_key = "key"})->id, later.id);
}

TEST_P(TopUpStore, RefundsAreCumulativeAndNeverMoreThanWasCredited) {
  const TopUp top_up = pay("20");
  const auto refund = [&](std::int64_t amount) {
    return take_back(reversal(top_up, ReversalStage::taken, amount, ReversalKind::refund));
  };
  EXPECT_EQ(refund(500), Applied::changed);
  EXPECT_EQ(refund(500), Applied::unchanged);
  EXPECT_EQ(refund(300), Applied::unchanged);
  EXPECT_EQ(available(), usd("25"));
  refund(999'999);
  EXPECT_EQ(available(), usd("10"));
  // Nor with a dispute of the same payment beside it.
  take_back(reversal(top_up, ReversalStage::lost, 2000));
  EXPECT_EQ(available(), usd("10"));
  EXPECT_EQ(owed(), Money{});
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, WhatComesBeforeItsPaymentWaitsForIt) {
  const TopUp top_up = make("20");
  EXPECT_EQ(take_back(reversal(top_up, ReversalStage::taken, 2000)), Applied::unknown);
  EXPECT_EQ(available(), usd("10"));
  EXPECT_EQ(owed(), Money{});
  ASSERT_EQ(store->apply(facts(top_up, PaymentOutcome::paid), kNowMs).value(), Applied::credited);
  EXPECT_EQ(available(), usd("10"));
  take_back(reversal(top_up, ReversalStage::given_back, 2000));
  EXPECT_EQ(available(), usd("30"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, TakesWhatIsFreeAndRemembersTheRest) {
  const TopUp top_up = pay("20");
  const auto job = paid_job("ann", usd("18"));
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
  take_back(reversal(top_up, ReversalStage::taken, 2000));
  EXPECT_EQ(available(), Money{});
  EXPECT_EQ(stores.wallet("ann").held, usd("18"));
  EXPECT_EQ(owed(), usd("8"));

  const auto refused = stores.jobs->submit({.jobs = {paid_job("ann", Money{})}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_credit);
  EXPECT_NE(refused.error().extra->find("owed"), refused.error().extra->end());

  pay("5");
  EXPECT_EQ(owed(), usd("3"));
  ASSERT_TRUE(stores.jobs->cancel("ann", job.id, kNowMs));
  EXPECT_EQ(store->collect_debts(kNowMs).value(), 1);
  EXPECT_EQ(owed(), Money{});
  EXPECT_EQ(available(), usd("15"));
  EXPECT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}}));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, AWonDisputeReturnsWhatWasTakenAndForgetsTheRest) {
  const TopUp top_up = pay("20");
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("18"))}}));
  take_back(reversal(top_up, ReversalStage::taken, 2000));
  take_back(reversal(top_up, ReversalStage::given_back, 2000));
  EXPECT_EQ(available(), usd("12"));
  EXPECT_EQ(owed(), Money{});
  take_back(reversal(top_up, ReversalStage::taken, 2000));  // late
  EXPECT_EQ(available(), usd("12"));
  EXPECT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}}));
  EXPECT_EQ(messages("wallet.dispute_won"), 1);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, AnOperatorsCreditPaysADebtAndAWaiverEndsIt) {
  const TopUp top_up = pay("20");
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("30"))}}));
  take_back(reversal(top_up, ReversalStage::lost, 2000));
  ASSERT_TRUE(stores.ledger->fund(
      {.account_id = "ann", .amount = usd("4"), .reference = "cheque", .note = "", .actor = ""},
      kNowMs));
  EXPECT_EQ(available(), Money{});
  EXPECT_EQ(owed(), usd("16"));
  EXPECT_EQ(store->waive_debts("ann", "boss", "kindness", kNowMs).value(), usd("16"));
  EXPECT_EQ(owed(), Money{});
  EXPECT_EQ(store->waive_debts("ann", "boss", "again", kNowMs).value(), Money{});
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(TopUpStore, VerifySeesWhatGoesPastTheStore) {
  const TopUp top_up = pay("20");
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("25"))}}));
  take_back(reversal(top_up, ReversalStage::taken, 2000));
  ASSERT_TRUE(stores.is_clean());
  for (const auto& [harm, mend] : std::vector<std::pair<std::string, std::string>>{
           {"UPDATE top_up SET amount = amount + 1", "UPDATE top_up SET amount = amount - 1"},
           {"UPDATE payment_reversal SET taken = taken - 1",
            "UPDATE payment_reversal SET taken = taken + 1"},
           {"UPDATE wallet_debt SET owed = owed + 1", "UPDATE wallet_debt SET owed = owed - 1"},
           {"UPDATE top_up SET state = 'failed', entry_seq = -entry_seq",
            "UPDATE top_up SET state = 'paid', entry_seq = -entry_seq"}}) {
    const auto run = [&](const std::string& sql) {
      return stores.database->write([&](Connection& c) { return c.run_script(sql); });
    };
    ASSERT_TRUE(run(harm)) << harm;
    EXPECT_FALSE(stores.is_clean()) << harm;
    ASSERT_TRUE(run(mend));
    EXPECT_TRUE(stores.is_clean());
  }
}

class Reloads : public TopUpStore {
 protected:
  Reloads() {
    money::AutoReload wish{.is_enabled = true,
                           .threshold = usd("12"),
                           .amount = usd("20"),
                           .monthly_limit = usd("40")};
    EXPECT_TRUE(store->set_auto_reload("ann", wish, kNowMs));
    wish.customer_id = "cus_1";
    wish.payment_method_id = "pm_1";
    wish.source_payment_id = "pi_1";
    EXPECT_TRUE(store->save_payment_method("ann", wish, kNowMs));
  }
  std::optional<TopUp> start(std::int64_t now_ms = kNowMs) {
    TopUp top_up;
    top_up.id = new_id(now_ms, "topup_");
    top_up.account_id = "ann";
    top_up.kind = money::TopUpKind::auto_reload;
    top_up.amount = usd("20");
    top_up.payment_method_id = "pm_1";
    top_up.created_at_ms = now_ms;
    return store
        ->start_reload({.account_id = "ann", .top_up = top_up, .poll_at_ms = now_ms + 1}, now_ms)
        .value();
  }
  std::size_t low(std::int64_t now_ms = kNowMs) {
    return store->low_accounts(now_ms, 10).value().size();
  }
};

UNDERSTUDY_ON_BOTH_DATABASES(Reloads);

TEST_P(Reloads, OneAtATimeFromManyThreads) {
  EXPECT_EQ(low(), 1u);
  EXPECT_EQ(low(), 1u);
  EXPECT_EQ(messages("wallet.low_balance"), 1);  // once for each time it gets low
  std::atomic<int> started = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      if (start()) ++started;
    });
  }
  callers.clear();
  EXPECT_EQ(started, 1);
  EXPECT_EQ(low(), 0u);
  EXPECT_EQ(messages("wallet.reload_started"), 1);
}

TEST_P(Reloads, EndWithinTheMonthsLimit) {
  for (int i = 0; i < 2; ++i) {
    const auto reload = start();
    ASSERT_TRUE(reload);
    ASSERT_EQ(store->apply(facts(*reload, PaymentOutcome::paid), kNowMs).value(),
              Applied::credited);
    const auto job = paid_job("ann", available());
    ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
  }
  EXPECT_FALSE(start());
  EXPECT_FALSE(start());
  EXPECT_EQ(messages("wallet.reload_failed"), 1);
  EXPECT_EQ(low(), 0u);
  EXPECT_TRUE(start(kNowMs + 31LL * 86'400'000));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Reloads, PauseForAnHourAfterADecline) {
  const auto reload = start();
  ASSERT_TRUE(reload);
  PaymentFacts told = facts(*reload, PaymentOutcome::failed);
  told.failure_code = "card_declined";
  ASSERT_EQ(store->apply(told, kNowMs).value(), Applied::changed);
  EXPECT_EQ(messages("wallet.reload_failed"), 1);
  EXPECT_FALSE(start(kNowMs + 3'599'999));
  EXPECT_EQ(low(kNowMs + 3'599'999), 0u);
  EXPECT_EQ(store->auto_reload("ann")->last_failure_code, "card_declined");
  EXPECT_TRUE(start(kNowMs + 3'600'000));
}

TEST_P(Reloads, AnotherCardEndsThePause) {
  const auto reload = start();
  ASSERT_TRUE(reload);
  ASSERT_TRUE(store->apply(facts(*reload, PaymentOutcome::failed), kNowMs));
  money::AutoReload card{.customer_id = "cus_1", .payment_method_id = "pm_1"};
  ASSERT_TRUE(store->save_payment_method("ann", card, kNowMs));
  EXPECT_EQ(low(), 0u);  // the same card as before
  card.payment_method_id = "pm_2";
  ASSERT_TRUE(store->save_payment_method("ann", card, kNowMs));
  EXPECT_EQ(low(), 1u);
}

}  // namespace
}  // namespace understudy::storage
