// WorkerClient: what a worker asks of its server. The port has two implementations: HTTP for worker
// processes, and a fake over a JobStore for tests. Any thread.
//
// Errors of all calls: service_unavailable (the server is away or stumbles: try again),
// unauthorized (the worker token), cancelled (the stop token). conflict means that the fence is no
// longer the job's: the worker drops the job at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "jobs/job_store.h"

namespace understudy::jobs {

class WorkerClient {
 public:
  virtual ~WorkerClient() = default;

  // Waits up to wait_ms for a job.
  virtual Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t wait_ms,
                                           std::stop_token stop) = 0;
  virtual Result<void> heartbeat(const Heartbeat& beat, std::stop_token stop) = 0;  // conflict
  // Errors: conflict, insufficient_credit or spending_cap_exceeded (the job has failed and was released).
  virtual Result<void> set_exact(const std::string& job_id, std::int64_t fence,
                                 const Delivered& delivered, std::stop_token stop) = 0;
  virtual Result<void> complete(const Completion& completion,
                                std::stop_token stop) = 0;  // conflict
  virtual Result<void> fail(const std::string& job_id, std::int64_t fence, const Error& error,
                            bool is_retryable, std::stop_token stop) = 0;  // conflict

  // The blob's bytes into `target`, checked against its hash. Errors: not_found.
  virtual Result<void> fetch(const BlobRef& blob, const std::filesystem::path& target,
                             std::stop_token stop) = 0;
  // Durable when it returns; the hash is the server's own.
  virtual Result<BlobRef> upload(const std::filesystem::path& file, std::stop_token stop) = 0;
};

struct WorkerClientConfig {
  std::string server_url;  // "http://127.0.0.1:8080"
  std::string token;
  std::int64_t upload_time_ms = 600'000;  // per file
};
std::unique_ptr<WorkerClient> open_worker_client(WorkerClientConfig config);

}  // namespace understudy::jobs
