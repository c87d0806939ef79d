#include "jobs/plan_gate.h"

#include <array>
#include <functional>
#include <mutex>

#include <fmt/format.h>

#include "jobs/forwarding_job_store.h"
#include "money/ledger.h"

namespace understudy::jobs {
namespace {

constexpr std::size_t kLocks = 64;
constexpr int kRetryAfter_s = 5;
constexpr std::string_view kSpeech = "voices";

class PlanGate final : public ForwardingJobStore {
 public:
  PlanGate(JobStore& store, accounts::PlanAllocator& plans, accounts::PlanStore& use)
      : ForwardingJobStore(store), plans_(plans), use_(use) {}

  Result<void> submit(const Submission& submission) override {
    const auto& jobs = submission.jobs;
    if (jobs.empty() || !money::is_credits_wallet(jobs.front().wallet_id)) {
      return store_.submit(submission);
    }
    const std::lock_guard lock(locks_[std::hash<std::string>{}(jobs.front().account_id) % kLocks]);
    TRY(check(jobs));
    return store_.submit(submission);
  }

 private:
  // 429 before 402, as everywhere.
  Result<void> check(const std::vector<NewJob>& jobs) {
    const NewJob& first = jobs.front();
    TRY_ASSIGN(const auto standing, plans_.standing(first.account_id));
    TRY_ASSIGN(auto use, use_.use_of(first.wallet_id, first.account_id, standing.month.start_ms));
    // A batch waits in the queue, so it needs room for one. The submit counts again, for certain.
    const int at_once = first.account_jobs_max;
    if (at_once > 0 && use.live_jobs >= at_once + first.waiting_max) {
      Error error;
      error.code = ErrorCode::rate_limit_exceeded;
      error.message = fmt::format(
          "{} of the {} jobs that this account may have at once are under way; send this again "
          "when there is room.",
          use.live_jobs, at_once);
      error.retry_after_s = kRetryAfter_s;
      error.extra = std::make_shared<const json::object>(
          json::object{{"scope", "account"}, {"limit", at_once}, {"used", use.live_jobs}});
      return tl::make_unexpected(std::move(error));
    }
    if (standing.account.is_usage_based) return {};
    for (const NewJob& job : jobs) {
      if (job.kind == kSpeech) continue;
      TRY(accounts::check_limits(standing.plan,
                                 {.videos_this_month = use.videos,
                                  .video_duration_ms = int_or(job.request, "estimate_ms", 0)},
                                 standing.month));
      ++use.videos;
    }
    return {};
  }

  accounts::PlanAllocator& plans_;
  accounts::PlanStore& use_;
  std::array<std::mutex, kLocks> locks_;
};

}  // namespace

std::unique_ptr<JobStore> make_plan_gate(JobStore& store, accounts::PlanAllocator& plans,
                                         accounts::PlanStore& use) {
  return std::make_unique<PlanGate>(store, plans, use);
}

}  // namespace understudy::jobs
