// What jobs/job_store.h promises.
#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using jobs::Job;
using jobs::JobState;

class JobStore : public ::testing::TestWithParam<Backend> {
 protected:
  JobStore() { stores.add_account("ann", usd("10")); }
  ~JobStore() override { EXPECT_TRUE(stores.is_clean()); }

  std::string submit(const std::string& hold) {
    const auto job = paid_job("ann", usd(hold));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
    return job.id;
  }
  Job claim(std::int64_t now_ms = kNowMs) {
    return stores.jobs->claim(any_worker(), now_ms).value().value();
  }
  Job found(const std::string& id) { return stores.jobs->find("ann", id).value(); }

  TestPlace place{GetParam()};
  Stores stores{place};
};
UNDERSTUDY_ON_EVERY_DATABASE(JobStore);

TEST_P(JobStore, SubmitHoldsTheMoney) {
  const auto id = submit("4");
  EXPECT_EQ(stores.wallet("ann").held, usd("4"));
  EXPECT_EQ(stores.wallet("ann").available(), usd("6"));
  const Job job = found(id);
  EXPECT_EQ(job.state, JobState::queued);
  EXPECT_EQ(job.charge.held, usd("4"));
  EXPECT_EQ(string_or(job.request, "script"), "Hello");
}

TEST_P(JobStore, AWalletThatCannotPayRefusesAndLeavesNothing) {
  const auto refused = stores.jobs->submit({.jobs = {paid_job("ann", usd("10.5"))}, .answer = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_credit);
  const std::string extra = to_text(*refused.error().extra);
  EXPECT_EQ(extra, R"({"needed":10.5,"available":10,"missing":0.5,"currency":"usd"})");
  EXPECT_NE(refused.error().message.find("10.5 USD"), std::string::npos);
  EXPECT_TRUE(stores.jobs->list({.account_id = "ann"}).value().empty());
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, ABatchIsSubmittedWholeOrNotAtAll) {
  const jobs::Submission batch{.jobs = {paid_job("ann", usd("6")), paid_job("ann", usd("6"))},
                               .answer = {}};
  EXPECT_EQ(stores.jobs->submit(batch).error().code, ErrorCode::insufficient_credit);
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
  auto twice = paid_job("ann", usd("1"));
  EXPECT_EQ(stores.jobs->submit({.jobs = {twice, twice}, .answer = {}}).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, CompletionTakesWhatWasDeliveredAndGivesTheRestBack) {
  const auto id = submit("4");
  const Job job = claim();
  ASSERT_EQ(job.id, id);
  EXPECT_EQ(job.state, JobState::running);
  ASSERT_TRUE(stores.jobs->complete(completion(job, 4520), kNowMs + 5));
  const Job done = found(id);
  EXPECT_EQ(done.state, JobState::completed);
  EXPECT_EQ(done.charge.captured, usd("0.301484"));
  EXPECT_EQ(done.charge.released, usd("3.698516"));
  EXPECT_EQ(done.charge.quantity, 4520);
  EXPECT_EQ(done.progress, 1);
  EXPECT_EQ(int_or(done.result, "duration_ms", 0), 4520);
  EXPECT_EQ(stores.wallet("ann").posted, usd("9.698516"));
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, ACompletionIsNeverBilledAboveItsHold) {
  submit("0.1");
  ASSERT_TRUE(stores.jobs->complete(completion(claim(), 60'000), kNowMs));
  EXPECT_EQ(stores.wallet("ann").posted, usd("9.9"));
}

TEST_P(JobStore, ACompletionSaidTwiceIsOneCharge) {
  submit("4");
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->complete(completion(job, 1000), kNowMs));
  ASSERT_TRUE(stores.jobs->complete(completion(job, 1000), kNowMs));
  EXPECT_EQ(stores.wallet("ann").posted, usd("9.9333"));
  EXPECT_EQ(stores.ledger->usage({.account_id = "ann"}).value().size(), 1u);
}

TEST_P(JobStore, AFreeJobTouchesNoMoney) {
  auto free = paid_job("ann", usd("0"));
  free.price_item.clear();
  ASSERT_TRUE(stores.jobs->submit({.jobs = {free}, .answer = {}}));
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->set_exact(job.id, job.fence, 5, kNowMs));
  ASSERT_TRUE(stores.jobs->complete(completion(job, 5), kNowMs));
  EXPECT_EQ(found(job.id).state, JobState::completed);
  EXPECT_EQ(stores.wallet("ann").posted, usd("10"));
  EXPECT_TRUE(stores.ledger->usage({.account_id = "ann"}).value().empty());
}

TEST_P(JobStore, AFailureCostsNothing) {
  submit("4");
  const Job job = claim();
  Error error;
  error.code = ErrorCode::media_unreadable;
  error.message = "The audio has no samples.";
  ASSERT_TRUE(stores.jobs->fail(job.id, job.fence, error, false, kNowMs));
  const Job failed = found(job.id);
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_EQ(failed.failure_code, "media_unreadable");
  EXPECT_EQ(failed.failure_message, error.message);
  EXPECT_EQ(failed.charge.released, usd("4"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("10"));
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, ARetryableFailureQueuesAgainUntilTheAttemptsAreUsedUp) {
  const auto id = submit("4");
  for (int attempt = 1; attempt <= jobs::kAttemptsMax; ++attempt) {
    const Job job = claim();
    EXPECT_EQ(job.attempt, attempt);
    EXPECT_EQ(stores.wallet("ann").held, usd("4"));
    ASSERT_TRUE(stores.jobs->fail(job.id, job.fence, {}, true, kNowMs));
  }
  EXPECT_EQ(found(id).state, JobState::failed);
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, TheExactPriceMovesTheHoldDown) {
  const auto id = submit("4");
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->set_exact(id, job.fence, 10'000, kNowMs));
  EXPECT_EQ(stores.wallet("ann").held, usd("0.667"));
  EXPECT_EQ(found(id).charge.held, usd("0.667"));
  EXPECT_EQ(found(id).charge.quantity, 10'000);
}

TEST_P(JobStore, TheExactPriceMovesTheHoldUpWhileFundsAllow) {
  submit("1");
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->set_exact(job.id, job.fence, 100'000, kNowMs));
  EXPECT_EQ(stores.wallet("ann").held, usd("6.67"));
}

TEST_P(JobStore, AnExactPriceThatTheWalletCannotPayFailsTheJobAndReleases) {
  submit("1");
  const Job job = claim();
  const auto refused = stores.jobs->set_exact(job.id, job.fence, 1'000'000, kNowMs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_credit);
  const Job failed = found(job.id);
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_EQ(failed.failure_code, "insufficient_credit");
  EXPECT_EQ(stores.wallet("ann").available(), usd("10"));
  EXPECT_EQ(stores.jobs->complete(completion(job, 1), kNowMs).error().code, ErrorCode::conflict);
}

TEST_P(JobStore, ClaimsTheOldestOfTheLanesFirst) {
  auto first = paid_job("ann", usd("1"), kNowMs);
  auto second = paid_job("ann", usd("1"), kNowMs + 1);
  auto speech = paid_job("ann", usd("1"), kNowMs + 2);
  speech.lane = jobs::Lane::speech;
  ASSERT_TRUE(stores.jobs->submit({.jobs = {speech, second, first}, .answer = {}}));
  auto only_speech = any_worker();
  only_speech.lanes = {jobs::Lane::speech};
  EXPECT_EQ(stores.jobs->claim(only_speech, kNowMs).value()->id, speech.id);
  EXPECT_FALSE(stores.jobs->claim(only_speech, kNowMs).value());
  auto both = any_worker();
  both.lanes = {jobs::Lane::speech, jobs::Lane::standard};
  EXPECT_EQ(stores.jobs->claim(both, kNowMs).value()->id, first.id);
  EXPECT_EQ(stores.jobs->claim(both, kNowMs).value()->id, second.id);
  EXPECT_FALSE(stores.jobs->claim(both, kNowMs).value());
}

TEST_P(JobStore, AHeartbeatKeepsTheLeaseAndShowsProgress) {
  submit("4");
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->heartbeat({.job_id = job.id,
                                      .fence = job.fence,
                                      .progress = 0.4,
                                      .stage = "rendering",
                                      .eta_ms = 900,
                                      .lease_ms = 45'000},
                                     kNowMs + 40'000));
  EXPECT_EQ(stores.jobs->sweep(kNowMs + 80'000).value(), 0);
  EXPECT_EQ(found(job.id).progress, 0.4);
  EXPECT_EQ(found(job.id).stage, "rendering");
  EXPECT_EQ(found(job.id).eta_ms, 900);
}

TEST_P(JobStore, AJobThatLostItsWorkerIsQueuedAgainAndKeepsItsHold) {
  const auto id = submit("4");
  claim();
  EXPECT_EQ(stores.jobs->sweep(kNowMs + 44'000).value(), 0);
  EXPECT_EQ(stores.jobs->sweep(kNowMs + 46'000).value(), 1);
  EXPECT_EQ(found(id).state, JobState::queued);
  EXPECT_EQ(stores.wallet("ann").held, usd("4"));
  EXPECT_EQ(claim(kNowMs + 46'000).attempt, 2);
}

TEST_P(JobStore, AJobThatLosesEveryWorkerFailsAtLast) {
  const auto id = submit("4");
  std::int64_t now_ms = kNowMs;
  for (int attempt = 0; attempt < jobs::kAttemptsMax; ++attempt, now_ms += 50'000) {
    claim(now_ms);
    EXPECT_EQ(stores.jobs->sweep(now_ms + 50'000).value(), 1);
  }
  EXPECT_EQ(found(id).failure_code, "engine_failed");
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, AJobPastItsDeadlineFailsAndIsNotClaimed) {
  auto queued = paid_job("ann", usd("1"));
  auto running = paid_job("ann", usd("1"));
  queued.deadline_at_ms = running.deadline_at_ms = kNowMs + 1000;
  ASSERT_TRUE(stores.jobs->submit({.jobs = {running}, .answer = {}}));
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->submit({.jobs = {queued}, .answer = {}}));
  EXPECT_FALSE(stores.jobs->claim(any_worker(), kNowMs + 1000).value());
  EXPECT_EQ(stores.jobs->sweep(kNowMs + 1000).value(), 2);
  EXPECT_EQ(found(queued.id).failure_code, "deadline_exceeded");
  EXPECT_EQ(found(job.id).failure_code, "deadline_exceeded");
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, AStaleFenceCanChangeNothing) {
  const auto id = submit("4");
  const Job stale = claim();
  ASSERT_EQ(stores.jobs->sweep(kNowMs + 60'000).value(), 1);
  const auto expect_refused = [&] {
    const auto before = to_text(found(id).request) + found(id).stage;
    EXPECT_EQ(stores.jobs
                  ->heartbeat({.job_id = id,
                               .fence = stale.fence,
                               .progress = 0.9,
                               .stage = "late",
                               .eta_ms = 1,
                               .lease_ms = 1},
                              kNowMs)
                  .error()
                  .code,
              ErrorCode::conflict);
    EXPECT_EQ(stores.jobs->set_exact(id, stale.fence, 7, kNowMs).error().code, ErrorCode::conflict);
    EXPECT_EQ(stores.jobs->complete(completion(stale, 7), kNowMs).error().code,
              ErrorCode::conflict);
    EXPECT_EQ(stores.jobs->fail(id, stale.fence, {}, false, kNowMs).error().code,
              ErrorCode::conflict);
    EXPECT_EQ(to_text(found(id).request) + found(id).stage, before);
  };
  expect_refused();  // queued again
  EXPECT_EQ(found(id).state, JobState::queued);
  const Job current = claim(kNowMs + 60'000);
  EXPECT_GT(current.fence, stale.fence);
  expect_refused();  // with another worker
  EXPECT_EQ(found(id).state, JobState::running);
  ASSERT_TRUE(stores.jobs->complete(completion(current, 1000), kNowMs));
  expect_refused();  // completed
  EXPECT_EQ(found(id).charge.captured, usd("0.0667"));
}

TEST_P(JobStore, CancelReleasesAndStopsTheWorker) {
  const auto id = submit("4");
  const Job job = claim();
  EXPECT_EQ(stores.jobs->cancel("ann", id, kNowMs).value().state, JobState::cancelled);
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
  EXPECT_EQ(stores.jobs->complete(completion(job, 1), kNowMs).error().code, ErrorCode::conflict);
}

TEST_P(JobStore, CancelLeavesAFinishedJobAsItIs) {
  submit("4");
  const Job job = claim();
  ASSERT_TRUE(stores.jobs->complete(completion(job, 1000), kNowMs));
  EXPECT_EQ(stores.jobs->cancel("ann", job.id, kNowMs).value().state, JobState::completed);
}

TEST_P(JobStore, AnotherAccountsJobIsNotFound) {
  stores.add_account("bob", usd("1"));
  const auto id = submit("4");
  EXPECT_EQ(stores.jobs->find("bob", id).error().code, ErrorCode::not_found);
  EXPECT_EQ(stores.jobs->cancel("bob", id, kNowMs).error().code, ErrorCode::not_found);
  EXPECT_EQ(stores.jobs->remove("bob", id, kNowMs).error().code, ErrorCode::not_found);
  EXPECT_EQ(found(id).state, JobState::queued);
}

TEST_P(JobStore, RemoveHidesTheJobAndCancelsALiveOne) {
  const auto id = submit("4");
  EXPECT_EQ(stores.jobs->rename("bob", id, "Mine").error().code, ErrorCode::not_found);
  EXPECT_EQ(stores.jobs->rename("ann", id, "Another title")->title, "Another title");
  EXPECT_EQ(stores.jobs->find("ann", id)->title, "Another title");
  ASSERT_TRUE(stores.jobs->remove("ann", id, kNowMs));
  EXPECT_EQ(stores.jobs->rename("ann", id, "Gone").error().code, ErrorCode::not_found);
  EXPECT_EQ(stores.jobs->find("ann", id).error().code, ErrorCode::not_found);
  EXPECT_TRUE(stores.jobs->list({.account_id = "ann"}).value().empty());
  EXPECT_EQ(stores.jobs->remove("ann", id, kNowMs).error().code, ErrorCode::not_found);
  EXPECT_FALSE(stores.jobs->claim(any_worker(), kNowMs).value());
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, ListsNewestFirstWithFiltersAndPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    auto job = paid_job("ann", usd("1"), kNowMs + i);
    job.title = i % 2 == 0 ? "50%_Report" : "500 other";
    job.folder_id = i < 3 ? "f1" : "";
    job.batch_id = "b" + std::to_string(i % 2);
    ASSERT_TRUE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
    ids.push_back(job.id);
  }
  const auto listed = [&](jobs::JobQuery query) {
    query.account_id = "ann";
    std::vector<std::string> found;
    const auto page = stores.jobs->list(query).value();
    for (const Job& job : page) found.push_back(job.id);
    return found;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(listed({}), (Ids{ids[4], ids[3], ids[2], ids[1], ids[0]}));
  EXPECT_EQ(listed({.limit = 2}), (Ids{ids[4], ids[3]}));
  EXPECT_EQ(listed({.before_id = ids[3], .limit = 2}), (Ids{ids[2], ids[1]}));
  EXPECT_EQ(listed({.folder_id = "f1"}), (Ids{ids[2], ids[1], ids[0]}));
  EXPECT_EQ(listed({.folder_id = ""}), (Ids{ids[4], ids[3]}));
  EXPECT_EQ(listed({.title_contains = "%_rEP"}), (Ids{ids[4], ids[2], ids[0]}));
  EXPECT_EQ(listed({.batch_id = "b1"}), (Ids{ids[3], ids[1]}));
  EXPECT_EQ(listed({.kind = "lipsync"}), Ids{});
}

TEST_P(JobStore, RefusesAPriceItDoesNotKnow) {
  auto job = paid_job("ann", usd("1"));
  job.price_item = "avatar_video.avatar_ix";
  EXPECT_FALSE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
  job.price_item = "";
  EXPECT_FALSE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, AJobInPartsCostsTheSumOfItsLines) {
  auto made = paid_job("ann", usd("5"));
  made.price_item = std::string(money::kStudioItem);
  made.price_lines = {{kStudio, 20'000}, {"", 3'000}, {"speech.starfish", 9'000}};
  ASSERT_TRUE(stores.jobs->submit({.jobs = {made}, .answer = {}}));
  const Job job = claim();
  EXPECT_EQ(job.charge.price_lines.size(), 3U);
  EXPECT_EQ(stores.jobs->set_exact(job.id, job.fence, {13'000, {10'000, 3'000}}, kNowMs).error().code,
            ErrorCode::invalid_parameter);
  ASSERT_TRUE(stores.jobs->set_exact(job.id, job.fence, {13'999, {10'000, 3'000, 999}}, kNowMs));
  const auto exact = usd("0.667666333");  // 10 x 0.0667 + floor(0.999 x 0.000667)
  EXPECT_EQ(stores.wallet("ann").held, exact);
  auto done = completion(job, 13'999);
  done.parts = {10'000, 3'000, 999};
  ASSERT_TRUE(stores.jobs->complete(done, kNowMs));
  const Job ended = found(job.id);
  EXPECT_EQ(ended.charge.captured, exact);
  EXPECT_EQ(ended.charge.quantity, 13'999);
  EXPECT_EQ(ended.charge.price_lines[2], (money::PriceLine{"speech.starfish", 999}));
}

TEST_P(JobStore, AJobOfFreePartsCostsNothingAndIsFinished) {
  auto made = paid_job("ann", usd("0"));
  made.price_item = std::string(money::kStudioItem);
  made.price_lines = {{"", 3'000}};
  ASSERT_TRUE(stores.jobs->submit({.jobs = {made}, .answer = {}}));
  const Job job = claim();
  auto done = completion(job, 3'000);
  done.parts = {3'000};
  ASSERT_TRUE(stores.jobs->complete(done, kNowMs));
  EXPECT_EQ(found(job.id).charge.captured, usd("0"));
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

TEST_P(JobStore, APartThatNobodySellsIsRefused) {
  auto made = paid_job("ann", usd("1"));
  made.price_item = std::string(money::kStudioItem);
  made.price_lines = {{"gold", 1}};
  EXPECT_EQ(stores.jobs->submit({.jobs = {made}, .answer = {}}).error().code,
            ErrorCode::invalid_parameter);
}

}  // namespace
}  // namespace understudy::storage
