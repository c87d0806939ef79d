// JobStore: the port for the job queue and the money that moves with it. Every call is one atomic
// step: it happened in full, durably, when it returns. Any thread.
//
// Guarantee: the sum of open holds never exceeds a wallet's balance, and a job ends with exactly one
// capture or exactly one release.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "jobs/job.h"

namespace understudy::jobs {

// The stored answer of a request with an Idempotency-Key, written with the effect.
struct StoredAnswer {
  std::string scope = {};  // account + operation + path resource
  std::string key = {};
  int status = 200;
  std::string body = {};
};

struct Submission {
  std::vector<NewJob> jobs = {};  // all or none
  std::optional<StoredAnswer> answer = {};
};

struct JobQuery {
  std::string account_id = {};
  std::string kind = {};
  std::optional<std::string> folder_id = {};
  std::optional<std::string> title_contains = {};  // without case
  std::optional<std::string> batch_id = {};
  std::string before_id = {};  // newest first: ids smaller than this; empty = from the newest
  int limit = 10;
};

struct ClaimRequest {
  std::string worker_id = {};
  std::vector<Lane> lanes = {};
  std::int64_t lease_ms = 45'000;
};

struct Heartbeat {
  std::string job_id = {};
  std::int64_t fence = 0;
  double progress = 0;
  std::string stage = {};
  std::int64_t eta_ms = -1;
  std::int64_t lease_ms = 45'000;
};

struct Completion {
  std::string job_id = {};
  std::int64_t fence = 0;
  std::int64_t quantity = 0;  // ms or count delivered: what is billed, never above the hold
  std::vector<std::int64_t> parts = {};  // see Delivered
  json::object result = {};
  std::vector<std::string> output_blobs = {};
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // Holds + job rows + stored answer in one transaction.
  // Errors, in this order: rate_limit_exceeded (extra: scope, limit, used, wanted),
  // spending_cap_exceeded, insufficient_credit (extra: needed, available, missing), conflict (an id
  // exists).
  virtual Result<void> submit(const Submission& submission) = 0;

  virtual Result<Job> find(std::string_view account_id, std::string_view id) = 0;  // not_found
  virtual Result<std::vector<Job>> list(const JobQuery& query) = 0;  // newest first

  // The oldest queued job of the lanes, now running with a new fence; empty when there is none.
  virtual Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t now_ms) = 0;

  // Extends the lease. Errors: conflict (the fence is no longer the job's: cancelled, expired, taken
  // over): the worker must stop at once.
  virtual Result<void> heartbeat(const Heartbeat& beat, std::int64_t now_ms) = 0;

  // Moves the hold to the exact price of `delivered`, now known, before the costly part.
  // Errors: conflict (fence); insufficient_credit and spending_cap_exceeded: the job is failed and
  // released in the same step (is_unaffordable()).
  virtual Result<void> set_exact(std::string_view job_id, std::int64_t fence,
                                 const Delivered& delivered, std::int64_t now_ms) = 0;

  // Capture + completed + usage row + outputs. Errors: conflict (fence).
  virtual Result<void> complete(const Completion& completion, std::int64_t now_ms) = 0;

  // Failed + release, or queued again when `is_retryable` and attempts are left. Errors: conflict.
  virtual Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                            bool is_retryable, std::int64_t now_ms) = 0;

  // Cancelled + release; a terminal job stays as it is. Errors: not_found.
  virtual Result<Job> cancel(std::string_view account_id, std::string_view id,
                             std::int64_t now_ms) = 0;

  // Hides the job and lets go of its blobs; a live one is cancelled first. Errors: not_found.
  virtual Result<void> remove(std::string_view account_id, std::string_view id,
                              std::int64_t now_ms) = 0;

  // Changes the title; nothing else. Errors: not_found.
  virtual Result<Job> rename(std::string_view account_id, std::string_view id,
                             std::string_view title) = 0;

  // Queues again what lost its worker, fails what passed its deadline or its last attempt.
  // Returns how many jobs changed.
  virtual Result<int> sweep(std::int64_t now_ms) = 0;
};

inline constexpr int kAttemptsMax = 5;

}  // namespace understudy::jobs
