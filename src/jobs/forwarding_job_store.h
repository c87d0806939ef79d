// A JobStore that passes every call on: the base of those that change some of them.
#pragma once

#include "jobs/job_store.h"

namespace understudy::jobs {

class ForwardingJobStore : public JobStore {
 public:
  explicit ForwardingJobStore(JobStore& store) : store_(store) {}

  Result<void> submit(const Submission& submission) override { return store_.submit(submission); }
  Result<Job> find(std::string_view account_id, std::string_view id) override {
    return store_.find(account_id, id);
  }
  Result<std::vector<Job>> list(const JobQuery& query) override { return store_.list(query); }
  Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t now_ms) override {
    return store_.claim(request, now_ms);
  }
  Result<void> heartbeat(const Heartbeat& beat, std::int64_t now_ms) override {
    return store_.heartbeat(beat, now_ms);
  }
  Result<void> set_exact(std::string_view job_id, std::int64_t fence, const Delivered& delivered,
                         std::int64_t now_ms) override {
    return store_.set_exact(job_id, fence, delivered, now_ms);
  }
  Result<void> complete(const Completion& completion, std::int64_t now_ms) override {
    return store_.complete(completion, now_ms);
  }
  Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::int64_t now_ms) override {
    return store_.fail(job_id, fence, error, is_retryable, now_ms);
  }
  Result<Job> cancel(std::string_view account_id, std::string_view id,
                     std::int64_t now_ms) override {
    return store_.cancel(account_id, id, now_ms);
  }
  Result<void> remove(std::string_view account_id, std::string_view id,
                      std::int64_t now_ms) override {
    return store_.remove(account_id, id, now_ms);
  }
  Result<Job> rename(std::string_view account_id, std::string_view id,
                     std::string_view title) override {
    return store_.rename(account_id, id, title);
  }
  Result<int> sweep(std::int64_t now_ms) override { return store_.sweep(now_ms); }

 protected:
  JobStore& store_;
};

}  // namespace understudy::jobs
