// The worker protocol: JSON of the requests under /internal/v1/worker/, shared by both ends.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "jobs/job_store.h"

namespace understudy::jobs {

inline constexpr const char* kClaimPath = "/internal/v1/worker/claim";
inline constexpr const char* kHeartbeatPath = "/internal/v1/worker/heartbeat";
inline constexpr const char* kExactPath = "/internal/v1/worker/exact";
inline constexpr const char* kCompletePath = "/internal/v1/worker/complete";
inline constexpr const char* kFailPath = "/internal/v1/worker/fail";
inline constexpr const char* kBlobsPath = "/internal/v1/blobs";  // PUT; GET with /{hash}

// What a worker needs of a job; the money stays with the server.
json::object to_json(const Job& job);
json::object to_json(const ClaimRequest& request, std::int64_t wait_ms);
json::object to_json(const Heartbeat& beat);
json::object to_json(const Completion& completion);

struct ExactRequest {
  std::string job_id;
  std::int64_t fence = 0;
  Delivered delivered = 0;
};
json::object to_json(const ExactRequest& request);

struct FailRequest {
  std::string job_id;
  std::int64_t fence = 0;
  Error error;
  bool is_retryable = false;
};
json::object to_json(const FailRequest& request);

struct ClaimCall {
  ClaimRequest request;
  std::int64_t wait_ms = 0;
};

// Errors: invalid_parameter.
Result<Job> claimed_job_from(const json::object& object);
Result<ClaimCall> claim_from(const json::object& object);
Result<Heartbeat> heartbeat_from(const json::object& object);
Result<Completion> completion_from(const json::object& object);
Result<ExactRequest> exact_from(const json::object& object);
Result<FailRequest> fail_from(const json::object& object);

}  // namespace understudy::jobs
