// One claimed job on a worker, from its inputs to its report: fetch, sandboxed render, upload,
// complete or fail. One thread, which must outlive the render (see sandbox.h).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/clock.h"
#include "jobs/sandbox.h"
#include "jobs/worker_client.h"

namespace understudy::jobs {

struct JobRunConfig {
  std::filesystem::path work_folder;
  std::int64_t heartbeat_ms = 1'000;
  std::int64_t lease_ms = 10'000;  // ten missed heartbeats
  // The render is this program of the sandbox with these arguments; its working directory is the
  // job's folder.
  std::vector<std::string> render_arguments = {"render", "."};
  SandboxLimits limits = {};
  // Last word on a job's command: a browser's limits, a lane's niceness. May be empty.
  std::function<void(const Job&, SandboxedCommand&)> shape = {};
};

struct JobRunPorts {
  WorkerClient& client;
  const Sandbox& sandbox;
  const JobUser& user;
  const Clock& clock;
};

enum class JobEnd {
  completed,
  failed,   // told to the server
  lost,     // the fence is no longer ours: nothing to tell
  stopped,  // the worker is to stop; the job was given back
};
std::string_view to_string(JobEnd end);

class RenderAhead;

// `ahead`: a render that may take the job; null: none. Returns when the job is off this worker's
// hands; while the server is away it goes on trying.
JobEnd run_job(const Job& job, const JobRunConfig& config, const JobRunPorts& ports,
               std::stop_token stop, std::unique_ptr<RenderAhead> ahead);

}  // namespace understudy::jobs
