// Worker: the loop of `understudy worker`. It claims one job at a time over HTTP, renders it in a
// sandbox and reports. A worker that is killed loses nothing: the lease runs out, the job is
// claimed again, and on the same machine the finished steps are found in its folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "jobs/job_run.h"
#include "jobs/render_ahead.h"

namespace understudy::jobs {

// One render of a kind is started before its job: when the worker begins and after each job of that
// kind, where memory is to spare, and ended when none came for long.
struct AheadConfig {
  std::string kind = {};  // empty: none is
  std::chrono::seconds idle_max = std::chrono::minutes(10);
  std::int64_t memory_min = 2LL << 30;  // available on the machine, bytes
};

struct WorkerConfig {
  std::string server_url;  // "http://127.0.0.1:8080"
  std::string token;
  std::string worker_id = {};  // empty: host, process and a random part
  std::vector<Lane> lanes = {Lane::standard};
  SandboxOptions sandbox = {};  // its work_folder is the worker's
  JobRunConfig run = {};        // work_folder is taken from the sandbox's
  std::int64_t claim_wait_ms = 15'000;
  // Until the first heartbeat: an answer that never reached its worker blocks the job so long.
  std::int64_t claim_lease_ms = 5'000;
  std::chrono::seconds stale_after = std::chrono::hours(1);
  AheadConfig ahead = {};
};

class Worker {
 public:
  // Errors: service_unavailable (no sandbox works), storage_failed (the work folder).
  static Result<std::unique_ptr<Worker>> open(WorkerConfig config);

  // Until told to stop. Errors: unauthorized (the token is not the server's).
  Result<void> run(std::stop_token stop);

  const Sandbox& sandbox() const { return sandbox_; }

 private:
  Worker(WorkerConfig config, Sandbox sandbox, JobUser user, std::unique_ptr<WorkerClient> client);

  void tend_ahead();

  WorkerConfig config_;
  Sandbox sandbox_;
  JobUser user_;
  std::unique_ptr<WorkerClient> client_;
  std::unique_ptr<RenderAhead> ahead_;
  std::chrono::steady_clock::time_point ahead_wanted_at_ = std::chrono::steady_clock::now();
};

// The whole process: SIGTERM and SIGINT stop it; the job in hand is given back. Returns the exit
// code. Call it before any thread is started.
int worker_main(const WorkerConfig& config);

}  // namespace understudy::jobs
