#include "jobs/job_notifier.h"

#include <utility>

#include "jobs/forwarding_job_store.h"

namespace understudy::jobs {
namespace {

class WakingJobStore final : public ForwardingJobStore {
 public:
  WakingJobStore(JobStore& store, JobNotifier& notifier)
      : ForwardingJobStore(store), notifier_(notifier) {}

  Result<void> submit(const Submission& submission) override {
    auto done = store_.submit(submission);
    if (done && !submission.jobs.empty()) notifier_.job_queued();
    return done;
  }
  Result<void> set_exact(std::string_view job_id, std::int64_t fence, const Delivered& delivered,
                         std::int64_t now_ms) override {
    auto done = store_.set_exact(job_id, fence, delivered, now_ms);
    if (!done && is_unaffordable(done.error().code)) notifier_.job_ended(job_id);
    return done;
  }
  Result<void> complete(const Completion& completion, std::int64_t now_ms) override {
    auto done = store_.complete(completion, now_ms);
    if (done) notifier_.job_ended(completion.job_id);
    return done;
  }
  Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::int64_t now_ms) override {
    auto done = store_.fail(job_id, fence, error, is_retryable, now_ms);
    // It may have been queued again; whoever watches for its end asks the store.
    if (done && is_retryable) notifier_.job_queued();
    if (done) notifier_.job_ended(job_id);
    return done;
  }
  Result<Job> cancel(std::string_view account_id, std::string_view id,
                     std::int64_t now_ms) override {
    auto done = store_.cancel(account_id, id, now_ms);
    if (done) notifier_.job_ended(id);
    return done;
  }
  Result<void> remove(std::string_view account_id, std::string_view id,
                      std::int64_t now_ms) override {
    auto done = store_.remove(account_id, id, now_ms);
    if (done) notifier_.job_ended(id);
    return done;
  }
  Result<int> sweep(std::int64_t now_ms) override {
    auto changed = store_.sweep(now_ms);
    if (changed && *changed > 0) notifier_.job_queued();
    return changed;
  }

 private:
  JobNotifier& notifier_;
};

}  // namespace

std::uint64_t JobNotifier::queue_version() const {
  const std::lock_guard lock(mutex_);
  return queue_version_;
}

bool JobNotifier::wait_for_queue(std::uint64_t seen, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  queue_changed_.wait_for(lock, timeout, [&] { return queue_version_ != seen || is_stopped_; });
  return queue_version_ != seen && !is_stopped_;
}

void JobNotifier::job_queued() {
  {
    const std::lock_guard lock(mutex_);
    ++queue_version_;
  }
  queue_changed_.notify_all();
}

void JobNotifier::job_ended(std::string_view job_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto watched = watched_.find(job_id);
    if (watched == watched_.end()) return;
    watched->second.has_ended = true;
  }
  end_seen_.notify_all();
}

void JobNotifier::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  queue_changed_.notify_all();
  end_seen_.notify_all();
}

bool JobNotifier::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

JobNotifier::EndWatch::EndWatch(JobNotifier& notifier, std::string job_id)
    : notifier_(notifier), job_id_(std::move(job_id)) {
  const std::lock_guard lock(notifier_.mutex_);
  ++notifier_.watched_[job_id_].watchers;
}

JobNotifier::EndWatch::~EndWatch() {
  const std::lock_guard lock(notifier_.mutex_);
  const auto watched = notifier_.watched_.find(job_id_);
  if (--watched->second.watchers == 0) notifier_.watched_.erase(watched);
}

bool JobNotifier::EndWatch::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(notifier_.mutex_);
  Watched& watched = notifier_.watched_.find(job_id_)->second;
  notifier_.end_seen_.wait_for(lock, timeout,
                               [&] { return watched.has_ended || notifier_.is_stopped_; });
  // A retryable failure is no end, so the next wait waits again.
  return std::exchange(watched.has_ended, false);
}

std::unique_ptr<JobStore> make_waking_job_store(JobStore& store, JobNotifier& notifier) {
  return std::make_unique<WakingJobStore>(store, notifier);
}

}  // namespace understudy::jobs
