#include "jobs/worker.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "jobs/job_folder.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr auto kAwayPauseMin = std::chrono::milliseconds(50);
constexpr auto kAwayPauseMax = std::chrono::milliseconds(2'000);
constexpr int kStandardNiceness = 5;  // the server answers first

std::string make_worker_id() {
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + "-" + std::to_string(::getpid()) + "-" +
         to_hex(random_bytes(3));
}

void wait_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

Worker::Worker(WorkerConfig config, Sandbox sandbox, JobUser user,
               std::unique_ptr<WorkerClient> client)
    : config_(std::move(config)),
      sandbox_(std::move(sandbox)),
      user_(std::move(user)),
      client_(std::move(client)) {}

Result<std::unique_ptr<Worker>> Worker::open(WorkerConfig config) {
  std::error_code failed;
  fs::create_directories(config.sandbox.work_folder, failed);
  if (failed) {
    return fail_with_detail(ErrorCode::storage_failed, "The work folder cannot be made.",
                            config.sandbox.work_folder.string() + ": " + failed.message());
  }
  config.sandbox.work_folder = fs::canonical(config.sandbox.work_folder, failed);
  ::chmod(config.sandbox.work_folder.c_str(), 0711);  // job users pass through, and list nothing
  config.run.work_folder = config.sandbox.work_folder;
  if (config.worker_id.empty()) config.worker_id = make_worker_id();
  TRY_ASSIGN(Sandbox sandbox, Sandbox::open(config.sandbox));
  TRY_ASSIGN(JobUser user, sandbox.take_user());
  auto client = open_worker_client({.server_url = config.server_url, .token = config.token});
  return std::unique_ptr<Worker>(
      new Worker(std::move(config), std::move(sandbox), std::move(user), std::move(client)));
}

void Worker::tend_ahead() {
  if (config_.ahead.kind.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  const bool is_wanted = now - ahead_wanted_at_ < config_.ahead.idle_max &&
                         available_memory() >= config_.ahead.memory_min;
  if (ahead_ != nullptr && (!is_wanted || !ahead_->is_alive())) ahead_.reset();
  if (ahead_ != nullptr || !is_wanted) return;
  auto started = RenderAhead::start(config_.ahead.kind, config_.run, sandbox_);
  if (started) {
    ahead_ = *std::move(started);
    return;
  }
  log::warn("worker {}: {} {}", config_.worker_id, started.error().message, started.error().detail);
  config_.ahead.kind.clear();
}

Result<void> Worker::run(std::stop_token stop) {
  log::info("worker {}: sandbox {}", config_.worker_id, sandbox_.summary());
  if (!sandbox_.weakness().empty()) {
    log::warn("worker {}: a stronger sandbox is possible: {}", config_.worker_id,
              sandbox_.weakness());
  }
  const SystemClock clock;
  const ClaimRequest request{
      .worker_id = config_.worker_id, .lanes = config_.lanes, .lease_ms = config_.claim_lease_ms};
  config_.run.shape = [shape = config_.run.shape](const Job& job, SandboxedCommand& command) {
    if (job.lane == Lane::standard) command.niceness = kStandardNiceness;
    if (shape) shape(job, command);
  };
  const JobRunConfig& run = config_.run;
  if (std::find(config_.lanes.begin(), config_.lanes.end(), Lane::standard) ==
      config_.lanes.end()) {
    config_.ahead.kind.clear();
  }
  auto pause = kAwayPauseMin;
  auto cleaned_at = std::chrono::steady_clock::time_point();
  while (!stop.stop_requested()) {
    if (const auto now = std::chrono::steady_clock::now();
        now - cleaned_at > config_.stale_after / 4) {
      remove_stale_job_folders(run.work_folder, config_.stale_after);
      cleaned_at = now;
    }
    tend_ahead();
    const auto claimed = client_->claim(request, config_.claim_wait_ms, stop);
    if (!claimed) {
      const Error& error = claimed.error();
      if (error.code == ErrorCode::unauthorized) return tl::make_unexpected(error);
      if (error.code == ErrorCode::cancelled) break;
      if (pause == kAwayPauseMin) log::warn("worker {}: {}", config_.worker_id, error.message);
      wait_for(pause, stop);
      pause = std::min(pause * 2, kAwayPauseMax);
      continue;
    }
    pause = kAwayPauseMin;
    if (!*claimed) continue;
    const Job& job = **claimed;
    log::info("job {}: {} attempt {} begins", job.id, job.kind, job.attempt);
    const auto began_ms = clock.now_ms();
    const bool is_ahead = ahead_ != nullptr && ahead_->kind() == job.kind;
    const JobEnd end = run_job(job, run, {*client_, sandbox_, user_, clock}, stop,
                               is_ahead ? std::move(ahead_) : nullptr);
    if (job.kind == config_.ahead.kind) ahead_wanted_at_ = std::chrono::steady_clock::now();
    log::info("job {}: {} after {} ms", job.id, to_string(end), clock.now_ms() - began_ms);
  }
  ahead_.reset();  // on the thread that started it
  return {};
}

int worker_main(const WorkerConfig& config) {
  // Blocked here and so in every later thread; one thread takes them.
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGTERM);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  auto worker = Worker::open(config);
  if (!worker) {
    log::error("worker: {} {}", worker.error().message, worker.error().detail);
    return 2;
  }
  std::stop_source stop;
  std::jthread signals([&](std::stop_token done) {
    const timespec moment{0, 100'000'000};
    while (!done.stop_requested() && ::sigtimedwait(&ends, nullptr, &moment) < 0) {
    }
    stop.request_stop();
  });
  const auto ran = (*worker)->run(stop.get_token());
  if (ran) return 0;
  log::error("worker: {}: check the worker token", ran.error().message);
  return 3;
}

}  // namespace understudy::jobs
