// What PostgreSQL alone could get wrong.
#include <thread>

#include <gtest/gtest.h>

#include "storage/postgres/postgres_connection.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

class PostgresDatabaseTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<Database> open() const {
    return open_postgres({.url = url, .now_ms = kNowMs, .with_hot_steps = GetParam()}).value();
  }
  const std::string url = new_test_database().value();
};
INSTANTIATE_TEST_SUITE_P(On, PostgresDatabaseTest, ::testing::Values(true, false),
                         [](const auto& chosen) {
                           return std::string(chosen.param ? "postgres" : "postgres_steps");
                         });

TEST_P(PostgresDatabaseTest, ATextThatItCannotKeepIsRefusedAndLeavesNothing) {
  Stores stores(open());
  stores.add_account("ann", usd("10"));
  for (const std::string& title :
       {std::string("a\0b", 3), std::string("\xff\xfe"), std::string("\xed\xa0\x80")}) {
    auto job = paid_job("ann", usd("1"));
    job.title = title;
    const auto refused = stores.jobs->submit({.jobs = {job}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_parameter);
  }
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
  auto job = paid_job("ann", usd("1"));
  job.title = "quote ' back\\slash \t\n $1 \xf0\x9f\x8e\xac";
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
  EXPECT_EQ(stores.jobs->find("ann", job.id)->title, job.title);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(PostgresDatabaseTest, ServersThatStartAtOnceMakeTheTablesOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> opened{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto database = open_postgres({.url = url, .now_ms = kNowMs});
      EXPECT_TRUE(database) << database.error().detail;
      if (database) ++opened;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
}

TEST_P(PostgresDatabaseTest, SeveralServersSpendExactlyWhatTheWalletsHave) {
  Stores first(open());
  Stores second(open());
  for (const char* id : {"ann", "bob", "cat"}) first.add_account(id, usd("2"));
  std::atomic<int> accepted{0};
  std::atomic<int> completed{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 16; ++caller) {
    threads.emplace_back([&, caller] {
      Stores& mine = caller % 2 == 0 ? first : second;
      for (int i = 0; i < 12; ++i) {
        const char* ids[] = {"ann", "bob", "cat"};
        if (mine.jobs->submit({.jobs = {paid_job(ids[i % 3], usd("0.1"))}})) ++accepted;
        const auto job = mine.jobs->claim(any_worker(), kNowMs).value();
        if (job && mine.jobs->complete(completion(*job, 60'000), kNowMs)) ++completed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  while (const auto job = first.jobs->claim(any_worker(), kNowMs).value()) {
    if (second.jobs->complete(completion(*job, 60'000), kNowMs)) ++completed;
  }
  EXPECT_EQ(accepted, 60);
  EXPECT_EQ(completed, 60);
  for (const char* id : {"ann", "bob", "cat"}) EXPECT_EQ(second.wallet(id).posted, usd("0"));
  EXPECT_TRUE(first.is_clean());
}

TEST(PostgresPipeline, EveryCallHasItsOwnParametersAndItsOwnAnswer) {
  const auto connection = open_postgres_connection(new_test_database().value()).value();
  std::vector<std::string> sent;
  std::vector<std::string> heard(300);
  for (int i = 0; i < 300; ++i) sent.push_back(std::to_string(i) + std::string(i % 50, 'x'));
  std::vector<ServerCall> calls;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    calls.push_back({.sql = "SELECT $1::text || $2::bigint",
                     .parameters = {sent[i], i},
                     .read = [&heard, i](const Row& row) { heard[i] = row.text(0); }});
  }
  std::vector<const ServerCall*> all;
  for (const auto& call : calls) all.push_back(&call);
  ASSERT_TRUE(connection->begin());
  ASSERT_TRUE(connection->call_all(all));
  ASSERT_EQ(connection->commit(), CommitOutcome::committed);
  for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(heard[i], sent[i] + std::to_string(i));
}

// Both ways of writing must agree on every column of every table of the ledger.
TEST(PostgresHotSteps, TheFunctionsWriteWhatTheStepsWrite) {
  const auto rows_of = [](bool with_hot_steps) {
    const auto place = new_test_database().value();
    Stores stores(
        open_postgres({.url = place, .now_ms = kNowMs, .with_hot_steps = with_hot_steps}).value());
    stores.add_account("ann", usd("10"));
    // Lots that end: a hold takes from both, and what it gives back has to be looked at in time.
    for (const char* amount : {"1.5", "0.6"}) {
      EXPECT_TRUE(stores.ledger->fund(
          {.account_id = "ann",
           .amount = usd(amount),
           .source = "promo",
           .terms = money::LotTerms{.source = money::LotSource::promo,
                                    .priority = 40,
                                    .expires_at_ms = kNowMs + 1'000'000 + amount[0]},
           .reference = amount},
          kNowMs));
    }
    const auto named = [](std::string id, std::string hold) {
      auto job = paid_job("ann", usd(hold));
      job.id = std::move(id);
      job.batch_id = "batch";
      job.batch_index = 3;
      job.title = "t";
      job.folder_id = "f";
      job.project_id = "project";
      job.key_jobs_max = 10;
      job.account_jobs_max = 10;
      job.deadline_at_ms = kNowMs + 100'000;
      job.input_blobs = {std::string(64, 'a')};
      return job;
    };
    EXPECT_TRUE(stores.jobs->submit(
        {.jobs = {named("j1", "2")},
         .answer = jobs::StoredAnswer{.scope = "s", .key = "k", .status = 201, .body = "b"}}));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {named("j2", "0.01")}}));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {named("j3", "1")}}));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {named("j4", "1")}}));
    for (int i = 0; i < 4; ++i) {
      const auto job = stores.jobs->claim(any_worker(), kNowMs + i).value().value();
      if (i < 2) {
        auto done = completion(job, 4520);
        done.output_blobs = {std::string(64, 'b')};
        EXPECT_TRUE(stores.jobs->complete(done, kNowMs + 10 + i));
      } else {
        Error error;
        error.code = ErrorCode::media_unreadable;
        error.message = "No sound.";
        EXPECT_TRUE(stores.jobs->fail(job.id, job.fence, error, i == 3, kNowMs + 20));
      }
    }
    // What only the long way does: test jobs, credits, a free job, caps.
    auto test_job = named("j5", "1");
    test_job.is_test = true;
    test_job.hold = {};
    EXPECT_TRUE(stores.jobs->submit({.jobs = {test_job}}));
    auto free_job = named("j6", "0");
    free_job.price_item.clear();
    EXPECT_TRUE(stores.jobs->submit({.jobs = {free_job}}));
    const auto budgets = make_budget_store(*stores.database);
    EXPECT_TRUE(budgets->create({.id = "b1",
                                 .account_id = "ann",
                                 .scope = money::BudgetScope::account,
                                 .scope_id = "ann",
                                 .period = money::BudgetPeriod::daily,
                                 .cap = usd("2"),
                                 .created_at_ms = kNowMs}));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {named("j7", "1")}}));
    EXPECT_EQ(stores.jobs->submit({.jobs = {named("j8", "1.5")}}).error().code,
              ErrorCode::spending_cap_exceeded);
    for (int i = 0; i < 3; ++i) {
      const auto job = stores.jobs->claim(any_worker(), kNowMs + 30 + i).value().value();
      EXPECT_TRUE(stores.jobs->complete(completion(job, 1000), kNowMs + 40 + i));
    }
    EXPECT_TRUE(stores.is_clean());
    std::string text;
    const auto connection = open_postgres_connection(place).value();
    for (const char* table :
         {"wallet", "txn", "entry", "hold", "usage", "job", "job_request", "outbox", "idempotency",
          "blob_ref", "grant_lot", "hold_lot", "budget_window", "hold_budget"}) {
      EXPECT_TRUE(connection->query(
          std::string("SELECT t::text FROM ") + table + " t ORDER BY 1", {},
          [&](const Row& row) { text += std::string(table) + std::string(row.text(0)) + "\n"; }));
    }
    return text;
  };
  EXPECT_EQ(rows_of(true), rows_of(false));
}

}  // namespace
}  // namespace understudy::storage
