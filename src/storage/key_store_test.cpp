// Keys after their creation, and the limits of how many jobs are under way.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::BudgetPeriod;
using money::BudgetScope;

class Keys : public ::testing::TestWithParam<Backend> {
 protected:
  Keys() {
    stores.add_account("ann", usd("100"));
    stores.add_account("bob", usd("100"));
  }

  static accounts::ApiKey key(const std::string& id) {
    accounts::ApiKey made;
    made.id = id;
    made.account_id = "ann";
    made.label = id;
    made.created_at_ms = kNowMs;
    return made;
  }

  static money::Budget cap(const std::string& key_id, BudgetPeriod period) {
    return {.id = new_id(kNowMs),
            .account_id = "ann",
            .scope = BudgetScope::key,
            .scope_id = key_id,
            .period = period,
            .cap = usd("1"),
            .created_at_ms = kNowMs};
  }

  bool works(const std::string& hash, std::int64_t now_ms = kNowMs) {
    return stores.accounts->authenticate(hash, now_ms).value().has_value();
  }

  Result<void> submit(int key_max, int account_max, const std::string& key_id = "key") {
    auto job = paid_job("ann", usd("0.01"));
    job.key_id = key_id;
    job.key_jobs_max = key_max;
    job.account_jobs_max = account_max;
    return stores.jobs->submit({.jobs = {std::move(job)}});
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<accounts::KeyStore> keys = make_key_store(*stores.database);
  std::unique_ptr<money::BudgetStore> budgets = make_budget_store(*stores.database);
  std::unique_ptr<accounts::ProjectStore> projects = make_project_store(*stores.database);
};

UNDERSTUDY_ON_EVERY_DATABASE(Keys);

TEST_P(Keys, AKeyAndItsCapsAreMadeTogetherOrNotAtAll) {
  ASSERT_TRUE(keys->create(key("k1"), "h1",
                           {cap("k1", BudgetPeriod::daily), cap("k1", BudgetPeriod::monthly)}));
  EXPECT_EQ(budgets->list("ann", kNowMs)->size(), 2u);
  const auto twice = keys->create(key("k2"), "h2",
                                  {cap("k2", BudgetPeriod::daily), cap("k2", BudgetPeriod::daily)});
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  EXPECT_FALSE(works("h2"));
  EXPECT_FALSE(keys->find("k2"));
  EXPECT_EQ(budgets->list("ann", kNowMs)->size(), 2u);
}

TEST_P(Keys, AProjectMustBeTheAccountsOwnAndInUse) {
  ASSERT_TRUE(projects->create({.id = "p1", .account_id = "ann", .name = "one"}));
  ASSERT_TRUE(projects->create({.id = "p2", .account_id = "bob", .name = "two"}));
  auto made = key("k1");
  made.project_id = "p2";
  EXPECT_EQ(keys->create(made, "h1", {}).error().param, "project_id");
  made.project_id = "p1";
  ASSERT_TRUE(keys->create(made, "h1", {}));
  EXPECT_EQ(keys->change("ann", "k1", {.project_id = "p2"}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(keys->change("ann", "k1", {.label = "new", .project_id = "", .concurrency = 3}));
  const auto changed = keys->find("k1").value();
  EXPECT_EQ(changed.label, "new");
  EXPECT_EQ(changed.project_id, "");
  EXPECT_EQ(changed.concurrency, 3);
  EXPECT_FALSE(keys->change("bob", "k1", {.label = "mine"}));
  ASSERT_TRUE(projects->archive("ann", "p1", kNowMs));
  EXPECT_EQ(keys->change("ann", "k1", {.project_id = "p1"}).error().code, ErrorCode::not_found);
}

TEST_P(Keys, ARotatedKeyKeepsItsOldTextForTheOverlapOnly) {
  ASSERT_TRUE(keys->create(key("k1"), "h1", {}));
  ASSERT_TRUE(keys->rotate("k1", {.hash = "h2", .hint = "us_2", .old_until_ms = kNowMs + 1000}));
  EXPECT_TRUE(works("h1", kNowMs + 999));
  EXPECT_FALSE(works("h1", kNowMs + 1000));
  EXPECT_TRUE(works("h2", kNowMs + 1000));
  EXPECT_EQ(keys->find("k1")->hint, "us_2");
  // A rotation without an overlap ends every earlier text.
  ASSERT_TRUE(keys->rotate("k1", {.hash = "h3", .hint = "us_3", .old_until_ms = kNowMs}));
  EXPECT_FALSE(works("h1"));
  EXPECT_FALSE(works("h2"));
  EXPECT_TRUE(works("h3"));
}

TEST_P(Keys, ARevokedKeyIsRefusedWithAllItsTexts) {
  ASSERT_TRUE(keys->create(key("k1"), "h1", {}));
  ASSERT_TRUE(keys->rotate("k1", {.hash = "h2", .hint = "", .old_until_ms = kNowMs + 1000}));
  ASSERT_TRUE(stores.accounts->revoke_key("k1", kNowMs));
  EXPECT_FALSE(works("h1"));
  EXPECT_FALSE(works("h2"));
  EXPECT_EQ(keys->rotate("k1", {.hash = "h3"}).error().code, ErrorCode::conflict);
}

TEST_P(Keys, OneJobTooManyIsRefusedWithWhatIsUsed) {
  ASSERT_TRUE(submit(2, 3));
  ASSERT_TRUE(submit(2, 3));
  const auto refused = submit(2, 3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::rate_limit_exceeded);
  EXPECT_GT(refused.error().retry_after_s, 0);
  EXPECT_EQ(refused.error().extra->at("scope"), "key");
  EXPECT_EQ(int_or(*refused.error().extra, "used", 0), 2);
  ASSERT_TRUE(submit(2, 3, "another"));
  EXPECT_EQ(submit(2, 3, "third").error().extra->at("scope"), "account");
  EXPECT_EQ(stores.wallet("ann").held, usd("0.03"));
  const auto live = keys->live_jobs("ann", "key", "").value();
  EXPECT_EQ(live.of_account, 3);
  EXPECT_EQ(live.of_key, 2);
}

TEST_P(Keys, AJobThatEndedMakesRoom) {
  ASSERT_TRUE(submit(0, 1));
  EXPECT_FALSE(submit(0, 1));
  const auto job = stores.jobs->claim(any_worker(), kNowMs).value().value();
  EXPECT_FALSE(submit(0, 1));
  ASSERT_TRUE(stores.jobs->complete(completion(job, 10), kNowMs));
  EXPECT_TRUE(submit(0, 1));
}

TEST_P(Keys, ABatchNeedsRoomForOneAndThenCountsInFull) {
  const auto batch = [&](int count) {
    jobs::Submission submission;
    for (int i = 0; i < count; ++i) {
      submission.jobs.push_back(paid_job("ann", usd("0.01")));
      submission.jobs.back().account_jobs_max = 5;
    }
    return stores.jobs->submit(submission);
  };
  EXPECT_TRUE(batch(4));
  EXPECT_TRUE(batch(100));
  EXPECT_FALSE(batch(1));
  EXPECT_FALSE(batch(2));
}

TEST_P(Keys, ManyCallersNeverExceedTheLimit) {
  std::atomic<int> accepted{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&, i] {
      const auto done = submit(4, 10, "key-" + std::to_string(i % 5));
      if (done) {
        ++accepted;
      } else {
        EXPECT_EQ(done.error().code, ErrorCode::rate_limit_exceeded);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(accepted, 10);
  EXPECT_EQ(keys->live_jobs("ann", "", "").value().of_account, 10);
  EXPECT_TRUE(stores.is_clean());
}

}  // namespace
}  // namespace understudy::storage
