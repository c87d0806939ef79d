// What limits and colours spending: caps, lots that expire, refunds, test keys.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::BudgetPeriod;
using money::BudgetScope;
using money::LotSource;
using money::Money;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kSecondPrice = 66'700'000;  // of kStudio

class Spending : public ::testing::TestWithParam<Backend> {
 protected:
  Spending() {
    stores.add_account("ann", usd("100"));
    stores.add_account("bob", usd("100"));
    accounts::ApiKey key;
    key.id = "key";  // of paid_job()
    key.account_id = "ann";
    EXPECT_TRUE(stores.accounts->create_key(key, "hash"));
  }

  std::string add_budget(BudgetScope scope, const std::string& scope_id, std::string_view cap,
                         BudgetPeriod period = BudgetPeriod::daily) {
    money::Budget budget{.id = new_id(kNowMs),
                         .account_id = "ann",
                         .scope = scope,
                         .scope_id = scope_id,
                         .period = period,
                         .cap = usd(cap),
                         .created_at_ms = kNowMs};
    EXPECT_TRUE(budgets->create(budget));
    return budget.id;
  }

  Result<std::string> submit(jobs::NewJob job) {
    const std::string id = job.id;
    TRY(stores.jobs->submit({.jobs = {std::move(job)}}));
    return id;
  }

  // Claims the oldest job and delivers `quantity_ms` of it.
  void deliver(std::int64_t quantity_ms, std::int64_t now_ms = kNowMs) {
    const auto job = stores.jobs->claim(any_worker(), now_ms).value();
    ASSERT_TRUE(job);
    ASSERT_TRUE(stores.jobs->complete(completion(*job, quantity_ms), now_ms));
  }

  money::BudgetState state(const std::string& id, std::int64_t now_ms = kNowMs) {
    return budgets->find("ann", id, now_ms).value();
  }

  std::vector<std::string> topics() {
    return stores.database
        ->read([](Connection& connection) {
          return connection.all("SELECT topic FROM outbox ORDER BY id", {},
                                [](const Row& row) { return std::string(row.text(0)); });
        })
        .value();
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<money::BudgetStore> budgets = make_budget_store(*stores.database);
};

UNDERSTUDY_ON_EVERY_DATABASE(Spending);

TEST_P(Spending, ACapCountsWhatIsHeldAndRefusesWithWhatWouldFit) {
  const auto id = add_budget(BudgetScope::account, "ann", "1");
  ASSERT_TRUE(submit(paid_job("ann", usd("0.7"))));
  EXPECT_EQ(state(id).held, usd("0.7"));
  const auto refused = submit(paid_job("ann", usd("0.4")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::spending_cap_exceeded);
  const json::object& extra = *refused.error().extra;
  EXPECT_EQ(to_text(extra.at("fits")), "0.3");
  EXPECT_EQ(extra.at("cap"), "account");
  EXPECT_EQ(stores.wallet("ann").held, usd("0.7"));
  ASSERT_TRUE(submit(paid_job("ann", usd("0.3"))));
  EXPECT_TRUE(submit(paid_job("bob", usd("5"))));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, WhatWasNotCapturedIsFreeAgain) {
  const auto id = add_budget(BudgetScope::key, "key", "1");
  ASSERT_EQ(state(id).spent, Money{});
  ASSERT_TRUE(submit(paid_job("ann", usd("0.9"))));
  deliver(1000);
  EXPECT_EQ(state(id).spent, Money{kSecondPrice});
  EXPECT_EQ(state(id).held, Money{});
  const auto job = submit(paid_job("ann", usd("0.9"))).value();
  ASSERT_TRUE(stores.jobs->cancel("ann", job, kNowMs));
  EXPECT_EQ(state(id).held, Money{});
  EXPECT_EQ(state(id).left(), usd("1") - Money{kSecondPrice});
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, AJobCountsInThePeriodOfItsSubmit) {
  const auto id = add_budget(BudgetScope::account, "ann", "1");
  ASSERT_TRUE(submit(paid_job("ann", usd("1"))));
  const std::int64_t tomorrow = kNowMs + kDayMs;
  EXPECT_EQ(state(id, tomorrow).held, Money{});
  ASSERT_TRUE(submit(paid_job("ann", usd("1"), tomorrow)));
  deliver(1000, tomorrow);
  EXPECT_EQ(state(id).spent, Money{kSecondPrice});
  EXPECT_EQ(state(id, tomorrow).spent, Money{});
  EXPECT_EQ(state(id, tomorrow).held, usd("1"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, TheExactPriceKeepsToTheCapsToo) {
  const auto id = add_budget(BudgetScope::account, "ann", "0.5");
  const auto job_id = submit(paid_job("ann", usd("0.1"))).value();
  const auto job = stores.jobs->claim(any_worker(), kNowMs).value().value();
  ASSERT_TRUE(stores.jobs->set_exact(job_id, job.fence, 7000, kNowMs));  // 0.4669
  EXPECT_EQ(state(id).held, usd("0.4669"));
  const auto refused = stores.jobs->set_exact(job_id, job.fence, 9000, kNowMs);
  EXPECT_EQ(refused.error().code, ErrorCode::spending_cap_exceeded);
  EXPECT_EQ(stores.jobs->find("ann", job_id)->state, jobs::JobState::failed);
  EXPECT_EQ(state(id).held, Money{});
  EXPECT_EQ(stores.wallet("ann").available(), usd("100"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, ARequestsOwnLimitHoldsAtSubmitAndAtTheExactPrice) {
  auto job = paid_job("ann", usd("0.6"));
  job.cost_max = usd("0.5");
  const auto refused = submit(job);
  EXPECT_EQ(refused.error().code, ErrorCode::spending_cap_exceeded);
  EXPECT_EQ(refused.error().extra->at("cap"), "request");
  job.hold = usd("0.5");
  const auto id = submit(job).value();
  const auto claimed = stores.jobs->claim(any_worker(), kNowMs).value().value();
  EXPECT_EQ(stores.jobs->set_exact(id, claimed.fence, 60'000, kNowMs).error().code,
            ErrorCode::spending_cap_exceeded);
  EXPECT_EQ(stores.wallet("ann").held, Money{});
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, ManyCallersNeverExceedACapWhicheverItIs) {
  const auto projects = make_project_store(*stores.database);
  ASSERT_TRUE(projects->create(
      {.id = "films", .account_id = "ann", .name = "Films", .created_at_ms = kNowMs}));
  const std::pair<BudgetScope, std::string> scopes[] = {
      {BudgetScope::project, "films"}, {BudgetScope::key, "key"}, {BudgetScope::account, "ann"}};
  for (const auto& [scope, scope_id] : scopes) {
    const Money cap = usd("1.02") - Money{1};  // one nano-dollar too little for the 34th
    const auto id = add_budget(scope, scope_id, money::to_text(cap), BudgetPeriod::total);
    std::atomic<int> accepted{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 64; ++i) {
      callers.emplace_back([&] {
        auto job = paid_job("ann", usd("0.03"));
        job.project_id = "films";
        const auto done = submit(std::move(job));
        if (done) {
          ++accepted;
        } else {
          EXPECT_EQ(done.error().code, ErrorCode::spending_cap_exceeded);
        }
      });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(accepted, 33) << to_string(scope);
    EXPECT_EQ(state(id).held, usd("0.99"));
    ASSERT_TRUE(budgets->remove("ann", id, kNowMs));
  }
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, ALoweredCapHoldsFromThenOn) {
  const auto id = add_budget(BudgetScope::account, "ann", "1", BudgetPeriod::total);
  ASSERT_TRUE(submit(paid_job("ann", usd("0.8"))));
  ASSERT_TRUE(budgets->change("ann", id, {.cap = usd("0.5")}));
  EXPECT_EQ(submit(paid_job("ann", usd("0.01"))).error().code, ErrorCode::spending_cap_exceeded);
  deliver(12'000);  // 0.8004, captured up to the hold
  EXPECT_EQ(state(id).spent, usd("0.8"));
  ASSERT_TRUE(budgets->change("ann", id, {.cap = usd("2")}));
  EXPECT_TRUE(submit(paid_job("ann", usd("1.2"))));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, AnAlertIsToldOnce) {
  add_budget(BudgetScope::account, "ann", "1");
  ASSERT_TRUE(submit(paid_job("ann", usd("0.7"))));
  EXPECT_TRUE(topics().empty());
  ASSERT_TRUE(submit(paid_job("ann", usd("0.1"))));
  ASSERT_TRUE(submit(paid_job("ann", usd("0.1"))));
  EXPECT_EQ(topics(), std::vector<std::string>{"cap.threshold_reached"});
  ASSERT_TRUE(submit(paid_job("ann", usd("0.1"))));
  EXPECT_EQ(topics().size(), 2u);  // 100 percent
}

TEST_P(Spending, ARemovedBudgetIsNoCapAndStaysRight) {
  const auto id = add_budget(BudgetScope::account, "ann", "1");
  ASSERT_TRUE(submit(paid_job("ann", usd("1"))));
  ASSERT_TRUE(budgets->remove("ann", id, kNowMs));
  ASSERT_TRUE(submit(paid_job("ann", usd("5"))));
  deliver(1000);
  EXPECT_FALSE(budgets->find("ann", id, kNowMs));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, LotsAreSpentByPriorityThenByTheirEnd) {
  const auto grant = [&](const char* reference, int priority, std::int64_t expires_at_ms) {
    ASSERT_TRUE(stores.ledger->fund({.account_id = "ann",
                                     .amount = usd("1"),
                                     .source = "promo",
                                     .terms = money::LotTerms{.source = LotSource::promo,
                                                              .priority = priority,
                                                              .expires_at_ms = expires_at_ms},
                                     .reference = reference},
                                    kNowMs));
  };
  grant("late", 40, kNowMs + 9 * kDayMs);
  grant("soon", 40, kNowMs + 2 * kDayMs);
  grant("first", 10, money::kNever);
  ASSERT_TRUE(submit(paid_job("ann", usd("2.5"))));
  auto lots = stores.ledger->lots("ann").value();
  ASSERT_EQ(lots.size(), 4u);
  EXPECT_EQ(lots[0].held, usd("1"));  // first
  EXPECT_EQ(lots[1].held, usd("1"));  // soon
  EXPECT_EQ(lots[2].held, usd("0.5"));
  EXPECT_EQ(lots[3].held, Money{});  // paid
  deliver(20'000);                   // 1.334
  lots = stores.ledger->lots("ann").value();
  ASSERT_EQ(lots.size(), 3u);
  EXPECT_EQ(lots[0].remaining, usd("0.666"));
  EXPECT_EQ(lots[1].remaining, usd("1"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, AnExpiredLotIsGoneBeforeItCanBeHeld) {
  stores.add_account("eve", {});
  ASSERT_TRUE(stores.ledger->fund(
      {.account_id = "eve",
       .amount = usd("1"),
       .source = "promo",
       .terms = money::LotTerms{.source = LotSource::promo, .expires_at_ms = kNowMs + kDayMs},
       .reference = "gift"},
      kNowMs));
  ASSERT_TRUE(submit(paid_job("eve", usd("0.4"))));
  const std::int64_t later = kNowMs + 2 * kDayMs;
  const auto refused = submit(paid_job("eve", usd("0.1"), later));
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_credit);
  EXPECT_EQ(stores.ledger->expire(later).value(), 1);
  EXPECT_EQ(stores.wallet("eve").posted, usd("0.4"));
  // What was held in time may still be captured; what is given back expires.
  deliver(3000, later);  // 0.2001 of 0.4
  EXPECT_EQ(stores.ledger->expire(later).value(), 1);
  EXPECT_EQ(stores.wallet("eve").posted, Money{});
  EXPECT_EQ(stores.ledger->expire(later).value(), 0);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, ARefundReversesAChargeOnceAndNeverMoreThanIt) {
  const auto id = submit(paid_job("ann", usd("1"))).value();
  deliver(10'000);  // 0.667
  const auto half = stores.ledger->refund(
      {.job_id = id, .amount = usd("0.3"), .reference = "r1", .reason = "blurred"}, kNowMs);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->amount, usd("0.3"));
  EXPECT_EQ(half->kind, "refund");
  const auto again = stores.ledger->refund(
      {.job_id = id, .amount = usd("0.3"), .reference = "r1", .reason = "blurred"}, kNowMs);
  EXPECT_EQ(again->txn_id, half->txn_id);
  EXPECT_EQ(
      stores.ledger
          ->refund({.job_id = id, .amount = usd("0.4"), .reference = "r2", .reason = "x"}, kNowMs)
          .error()
          .code,
      ErrorCode::conflict);
  EXPECT_EQ(stores.ledger->refund({.job_id = id, .reason = "the rest"}, kNowMs)->amount,
            usd("0.367"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("100"));
  EXPECT_EQ(stores.jobs->find("ann", id)->charge.refunded, usd("0.667"));
  EXPECT_EQ(stores.ledger->refund({.job_id = id, .reason = ""}, kNowMs).error().param, "reason");
  EXPECT_EQ(stores.ledger->refund({.job_id = "no", .reason = "x"}, kNowMs).error().code,
            ErrorCode::not_found);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, AWithdrawalTakesWhatIsThereAndNeverWhatIsHeld) {
  ASSERT_TRUE(submit(paid_job("ann", usd("60"))));
  const money::Withdrawal dispute{.account_id = "ann",
                                  .amount = usd("100"),
                                  .to = "disputes",
                                  .kind = "dispute",
                                  .reference = "dp_1",
                                  .up_to_available = true};
  EXPECT_EQ(stores.ledger->withdraw(dispute, kNowMs)->amount, -usd("40"));
  EXPECT_EQ(stores.ledger->withdraw(dispute, kNowMs)->amount, -usd("40"));
  EXPECT_EQ(stores.wallet("ann").available(), Money{});
  money::Withdrawal refund{.account_id = "ann", .amount = usd("1"), .reference = "re_1"};
  EXPECT_EQ(stores.ledger->withdraw(refund, kNowMs).error().code, ErrorCode::insufficient_credit);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, ATestJobIsPricedAndNotPaid) {
  add_budget(BudgetScope::account, "ann", "0.01");
  auto job = paid_job("ann", usd("1000"));
  job.is_test = true;
  const auto id = submit(job).value();
  EXPECT_EQ(stores.wallet("ann").held, Money{});
  deliver(10'000);
  EXPECT_EQ(stores.wallet("ann").posted, usd("100"));
  EXPECT_TRUE(stores.jobs->find("ann", id)->is_test);
  EXPECT_TRUE(stores.ledger->usage({.account_id = "ann"})->empty());
  const auto tests = stores.ledger->usage({.account_id = "ann", .is_test = true}).value();
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].amount, usd("0.667"));
  EXPECT_EQ(stores.ledger->refund({.job_id = id, .reason = "x"}, kNowMs).error().code,
            ErrorCode::not_found);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, CreditsAreAWalletOfTheirOwn) {
  const std::string credits = money::credits_wallet("ann");
  const auto allot = [&](const char* reference, LotSource source, int priority) {
    ASSERT_TRUE(
        stores.ledger->fund({.account_id = credits,
                             .amount = usd("10"),
                             .source = "plan",
                             .terms = money::LotTerms{.source = source, .priority = priority},
                             .reference = reference},
                            kNowMs));
  };
  allot("add-on", LotSource::add_on, 20);
  allot("premium", LotSource::premium, 10);
  auto job = paid_job("ann", usd("12"));
  job.wallet_id = credits;
  ASSERT_TRUE(submit(job));
  deliver(10'000);
  const auto lots = stores.ledger->lots(credits).value();
  ASSERT_EQ(lots.size(), 2u);
  EXPECT_EQ(lots[0].terms.source, LotSource::premium);
  EXPECT_EQ(lots[0].remaining, usd("9.333"));
  EXPECT_EQ(lots[1].remaining, usd("10"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("100"));
  EXPECT_EQ(stores.ledger->usage({.account_id = credits})->size(), 1u);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Spending, UsageIsSummedByWhatIsAskedFor) {
  for (const std::string project : {"p1", "p2"}) {
    auto job = paid_job("ann", usd("1"));
    job.project_id = project;
    ASSERT_TRUE(submit(job));
    deliver(1000);
  }
  ASSERT_TRUE(submit(paid_job("ann", usd("1"), kNowMs + kDayMs)));
  deliver(1000, kNowMs + kDayMs);
  const auto count = [&](money::UsageGrouping grouping) {
    return stores.ledger->usage_totals({.account_id = "ann"}, grouping)->size();
  };
  EXPECT_EQ(count({}), 1u);
  EXPECT_EQ(count({.by_product = false, .by_project = true}), 3u);
  EXPECT_EQ(count({.by_product = false, .by_day = true}), 2u);
  EXPECT_EQ(count({.by_product = true, .by_key = true, .by_project = true, .by_day = true}), 3u);
  EXPECT_EQ(stores.ledger->usage({.account_id = "ann", .project_id = "p1"})->size(), 1u);
}

}  // namespace
}  // namespace understudy::storage
