// Random commands against the stores and against a small model of what they promise; both must
// agree after every step, and the invariants must hold. A failure prints its seed.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using jobs::JobState;
using money::Money;

constexpr int kSeeds = 8;
constexpr int kSteps = 120;

// The promise, without SQL: wallets and jobs as plain values.
struct ModelJob {
  std::string account;
  JobState state = JobState::queued;
  Money hold;
  Money captured;
  int attempt = 0;
  std::int64_t fence = 0;
  std::int64_t lease_until_ms = 0;
  std::int64_t deadline_at_ms = 0;
};

struct Model {
  std::map<std::string, Money> posted;
  std::map<std::string, ModelJob> jobs;  // by id, so in the order of their making

  Money held(const std::string& account) const {
    Money sum;
    for (const auto& [id, job] : jobs) {
      if (job.account == account && !is_terminal(job.state)) sum = sum + job.hold;
    }
    return sum;
  }
  Money available(const std::string& account) const { return posted.at(account) - held(account); }
};

class Simulation {
 public:
  Simulation(Backend backend, unsigned seed) : random_(seed), place_(backend), stores_(place_) {
    for (const std::string account : {"ann", "bob"}) {
      stores_.add_account(account, usd("3"));
      model_.posted[account] = usd("3");
    }
  }

  void step() {
    now_ms_ += static_cast<std::int64_t>(random_() % 20'000);
    switch (random_() % 10) {
      case 0:
      case 1:
      case 2: return submit();
      case 3:
      case 4: return claim();
      case 5: return complete();
      case 6: return set_exact();
      case 7: return fail_one();
      case 8: return random_() % 2 == 0 ? cancel() : fund();
      default: return sweep();
    }
  }

  void expect_agreement() {
    for (const auto& [account, posted] : model_.posted) {
      ASSERT_EQ(stores_.wallet(account).posted, posted);
      ASSERT_EQ(stores_.wallet(account).held, model_.held(account));
      ASSERT_GE(stores_.wallet(account).available(), Money{});
    }
    for (const auto& [id, expected] : model_.jobs) {
      const auto job = stores_.jobs->find(expected.account, id).value();
      ASSERT_EQ(job.state, expected.state) << id;
      ASSERT_EQ(job.charge.held, expected.hold);
      ASSERT_EQ(job.charge.captured, expected.captured);
      ASSERT_EQ(job.attempt, expected.attempt);
    }
  }
  bool is_clean() { return static_cast<bool>(stores_.is_clean()); }

 private:
  std::string any_account() { return random_() % 2 == 0 ? "ann" : "bob"; }
  Money up_to(std::int64_t nano_max) {
    return {static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(nano_max))};
  }
  ModelJob* any_job(std::string& id) {
    if (model_.jobs.empty()) return nullptr;
    auto it = model_.jobs.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(random_() % model_.jobs.size()));
    id = it->first;
    return &it->second;
  }
  // Now and then an older fence, as a worker holds that was thought lost.
  std::int64_t some_fence(const ModelJob& job) {
    return random_() % 5 == 0 ? job.fence - 1 : job.fence;
  }
  static bool is_held(const ModelJob& job, std::int64_t fence) {
    return job.state == JobState::running && job.fence == fence;
  }
  static void end(ModelJob& job, JobState state) {
    job.state = state;
    ++job.fence;
  }
  static Money price_of(std::int64_t quantity) {
    return money::charge(money::PriceBook::version_1().find(kStudio).value(), {quantity});
  }

  void submit() {
    const std::string account = any_account();
    jobs::Submission batch;
    Money sum;
    for (std::size_t i = 0; i <= random_() % 3; ++i) {
      auto job = paid_job(account, up_to(1'500'000'000), now_ms_);
      if (random_() % 3 == 0) job.deadline_at_ms = now_ms_ + 60'000;
      sum = sum + job.hold;
      batch.jobs.push_back(std::move(job));
    }
    const bool is_affordable = model_.available(account) >= sum;
    ASSERT_EQ(stores_.jobs->submit(batch).has_value(), is_affordable);
    if (!is_affordable) return;
    for (const auto& job : batch.jobs) {
      model_.jobs[job.id] = {.account = account,
                             .state = JobState::queued,
                             .hold = job.hold,
                             .captured = {},
                             .deadline_at_ms = job.deadline_at_ms};
    }
  }

  void claim() {
    const auto claimed = stores_.jobs->claim(any_worker(), now_ms_).value();
    std::string oldest;
    for (const auto& [id, job] : model_.jobs) {
      const bool is_late = job.deadline_at_ms > 0 && job.deadline_at_ms <= now_ms_;
      if (job.state != JobState::queued || is_late) continue;
      oldest = id;
      break;
    }
    ASSERT_EQ(claimed ? claimed->id : "", oldest);
    if (!claimed) return;
    ModelJob& job = model_.jobs[oldest];
    job.state = JobState::running;
    job.lease_until_ms = now_ms_ + any_worker().lease_ms;
    ++job.attempt;
    ASSERT_GT(claimed->fence, job.fence);
    job.fence = claimed->fence;
  }

  void complete() {
    std::string id;
    ModelJob* job = any_job(id);
    if (job == nullptr) return;
    const auto fence = some_fence(*job);
    const auto quantity = static_cast<std::int64_t>(random_() % 30'000);
    const bool is_repeat = job->state == JobState::completed && fence == job->fence;
    const bool is_expected = is_held(*job, fence) || is_repeat;
    const auto done =
        stores_.jobs->complete({.job_id = id, .fence = fence, .quantity = quantity}, now_ms_);
    ASSERT_EQ(done.has_value(), is_expected);
    if (!is_expected || is_repeat) return;
    job->captured = std::min(price_of(quantity), job->hold);
    model_.posted[job->account] = model_.posted[job->account] - job->captured;
    job->state = JobState::completed;
  }

  void set_exact() {
    std::string id;
    ModelJob* job = any_job(id);
    if (job == nullptr) return;
    const auto fence = some_fence(*job);
    const auto quantity = static_cast<std::int64_t>(random_() % 60'000);
    const auto done = stores_.jobs->set_exact(id, fence, quantity, now_ms_);
    if (!is_held(*job, fence)) {
      ASSERT_EQ(done.error().code, ErrorCode::conflict);
      return;
    }
    const Money more = price_of(quantity) - job->hold;
    if (model_.available(job->account) >= more) {
      ASSERT_TRUE(done);
      job->hold = price_of(quantity);
    } else {
      ASSERT_EQ(done.error().code, ErrorCode::insufficient_credit);
      end(*job, JobState::failed);
    }
  }

  void fail_one() {
    std::string id;
    ModelJob* job = any_job(id);
    if (job == nullptr) return;
    const auto fence = some_fence(*job);
    const bool is_retryable = random_() % 2 == 0;
    const auto done = stores_.jobs->fail(id, fence, {}, is_retryable, now_ms_);
    ASSERT_EQ(done.has_value(), is_held(*job, fence));
    if (!done) return;
    if (is_retryable && job->attempt < jobs::kAttemptsMax)
      job->state = JobState::queued;
    else
      end(*job, JobState::failed);
  }

  void cancel() {
    std::string id;
    ModelJob* job = any_job(id);
    if (job == nullptr) return;
    ASSERT_TRUE(stores_.jobs->cancel(job->account, id, now_ms_));
    if (!is_terminal(job->state)) end(*job, JobState::cancelled);
  }

  void fund() {
    const std::string account = any_account();
    const Money amount = up_to(2'000'000'000) + Money{1};
    ASSERT_TRUE(stores_.ledger->fund(
        {.account_id = account, .amount = amount, .reference = new_id(now_ms_)}, now_ms_));
    model_.posted[account] = model_.posted[account] + amount;
  }

  void sweep() {
    int changed = 0;
    for (auto& [id, job] : model_.jobs) {
      if (is_terminal(job.state)) continue;
      const bool is_late = job.deadline_at_ms > 0 && job.deadline_at_ms <= now_ms_;
      const bool is_lost = job.state == JobState::running && job.lease_until_ms <= now_ms_;
      if (is_late || (is_lost && job.attempt >= jobs::kAttemptsMax))
        end(job, JobState::failed);
      else if (is_lost)
        job.state = JobState::queued;
      else
        continue;
      ++changed;
    }
    ASSERT_EQ(stores_.jobs->sweep(now_ms_).value(), changed);
  }

  std::mt19937 random_;
  TestPlace place_;
  Stores stores_;
  Model model_;
  std::int64_t now_ms_ = kNowMs;
};

class LedgerModel : public ::testing::TestWithParam<Backend> {};
UNDERSTUDY_ON_EVERY_DATABASE(LedgerModel);

TEST_P(LedgerModel, StoresAndModelAgreeAfterEveryStep) {
  const unsigned seeds = GetParam() == Backend::sqlite ? kSeeds : kSeeds / 2;  // slower steps
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation simulation(GetParam(), seed);
    for (int step = 0; step < kSteps; ++step) {
      simulation.step();
      simulation.expect_agreement();
      if (testing::Test::HasFatalFailure()) return;
      ASSERT_TRUE(step % 10 != 0 || simulation.is_clean());
    }
    ASSERT_TRUE(simulation.is_clean());
  }
}

}  // namespace
}  // namespace understudy::storage
