#include "jobs/job_run.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "jobs/job_folder.h"
#include "jobs/lease_keeper.h"
#include "jobs/render_ahead.h"
#include "jobs/render_message.h"
#include "jobs/render_result.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr auto kFolderPatience = std::chrono::seconds(5);
constexpr auto kKillPatience = std::chrono::seconds(5);
constexpr auto kRefusedPatience = std::chrono::seconds(2);
constexpr auto kBackOffMin = std::chrono::milliseconds(100);
constexpr auto kBackOffMax = std::chrono::milliseconds(5'000);
constexpr int kCrashesMax = 2;  // a render that dies of the same job twice will do so again

// Sleeps; false when told to stop.
bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

// Repeats a call while the server is away.
template <class Call>
auto until_answered(const std::stop_token& stop, Call call) -> decltype(call()) {
  auto pause = kBackOffMin;
  for (;;) {
    auto answer = call();
    if (answer || answer.error().code != ErrorCode::service_unavailable) return answer;
    if (!pause_for(pause, stop)) return answer;
    pause = std::min(pause * 2, kBackOffMax);
  }
}

tl::unexpected<Error> unusable(const Error& why) {
  return fail_with_detail(ErrorCode::engine_failed, "The render left no usable result.",
                          why.message + " " + why.detail);
}

class JobRun {
 public:
  JobRun(const Job& job, const JobRunConfig& config, const JobRunPorts& ports, std::stop_token stop,
         std::unique_ptr<RenderAhead> ahead)
      : ahead_(std::move(ahead)),
        job_(job),
        config_(config),
        ports_(ports),
        stop_(std::move(stop)),
        lease_(ports.client, job, config.heartbeat_ms, config.lease_ms) {}

  JobEnd run();

 private:
  Result<Completion> produce();
  Result<void> take_folder();
  Result<std::unique_ptr<SandboxedProcess>> start_render() const;
  Result<void> fetch_inputs(const std::map<std::string, JobFolder::Input>& inputs);
  Result<void> render();
  Result<void> check_time() const;
  Result<void> handle(const RenderMessage& message, SandboxedProcess& process);
  Result<void> settle_exact(const Delivered& delivered, SandboxedProcess& process);
  Result<void> judge(const SandboxExit& exit);
  Result<Completion> deliver();
  JobEnd report(const Result<Completion>& produced);
  JobEnd report_failure(const Error& error);

  std::unique_ptr<RenderAhead> ahead_;  // null: the render is started when the inputs are there
  const Job& job_;
  const JobRunConfig& config_;
  const JobRunPorts& ports_;
  std::stop_token stop_;
  LeaseKeeper lease_;
  std::stop_source halt_;  // either the lease is lost or the worker is to stop
  std::stop_callback<std::function<void()>> on_stop_{stop_, [this] { halt_.request_stop(); }};
  std::stop_callback<std::function<void()>> on_lost_{lease_.lost(),
                                                     [this] { halt_.request_stop(); }};
  std::optional<JobFolder> folder_;
  std::optional<bool> is_retryable_;  // empty: as the error's code says
  bool is_settled_ = false;           // the server has ended the job itself
};

JobEnd JobRun::run() {
  const Result<Completion> produced = produce();
  const JobEnd end = report(produced);
  ahead_.reset();  // one that was not told to begin still runs in the folder
  const bool may_come_back = end == JobEnd::stopped || (end == JobEnd::lost && !is_settled_) ||
                             (end == JobEnd::failed && is_retryable_.value_or(false));
  if (folder_ && !may_come_back) folder_->remove();
  return end;
}

Result<Completion> JobRun::produce() {
  TRY(take_folder());
  TRY_ASSIGN(const auto inputs, JobFolder::inputs_of(job_.request));
  TRY(fetch_inputs(inputs));
  TRY(folder_->write_job(job_, inputs));
  TRY(render());
  return deliver();
}

Result<void> JobRun::take_folder() {
  if (ahead_ != nullptr) {
    if (auto folder = ahead_->take_folder(job_)) {
      folder_.emplace(*std::move(folder));
      return {};
    }
    ahead_.reset();
  }
  TRY_ASSIGN(auto folder, JobFolder::open(config_.work_folder, job_, ports_.user, kFolderPatience));
  folder_.emplace(std::move(folder));
  return {};
}

Result<void> JobRun::fetch_inputs(const std::map<std::string, JobFolder::Input>& inputs) {
  for (const auto& [name, input] : inputs) {
    const fs::path target = folder_->path() / input.file;
    std::error_code failed;
    // It has its name only after its hash was checked, and the render cannot write here.
    if (fs::file_size(target, failed) == static_cast<std::uintmax_t>(input.blob.size) && !failed) {
      TRY(folder_->share(input.file));
      continue;
    }
    const fs::path partial = target.string() + ".partial";
    const auto fetched = until_answered(halt_.get_token(), [&] {
      return ports_.client.fetch(input.blob, partial, halt_.get_token());
    });
    if (!fetched && fetched.error().code == ErrorCode::not_found) {
      is_retryable_ = false;
      return fail_with_detail(ErrorCode::storage_failed, "An input of the job is gone.", name);
    }
    TRY(fetched);
    fs::rename(partial, target, failed);
    if (failed) return fail(ErrorCode::storage_failed, "An input could not be kept.");
    TRY(folder_->share(input.file));
  }
  return {};
}

Result<std::unique_ptr<SandboxedProcess>> JobRun::start_render() const {
  if (ahead_ != nullptr) {
    if (auto begun = ahead_->begin()) return begun;
    log::warn("job {}: the render that was started ahead is gone", job_.id);
  }
  SandboxedCommand command;
  command.arguments = config_.render_arguments;
  command.folder = folder_->path();
  command.writable = {kWorkFolder, kOutputsFolder, kTemporaryFolder};
  command.limits = config_.limits;
  command.held_fd = folder_->lock();
  if (config_.shape) config_.shape(job_, command);
  return ports_.sandbox.start(command, ahead_ != nullptr ? ahead_->user() : ports_.user);
}

Result<void> JobRun::render() {
  TRY_ASSIGN(const auto process, start_render());
  std::size_t strange = 0;
  for (;;) {
    const auto line = process->next_line(kPoll);
    if (process->has_ended() && !line) break;
    auto going = check_time();
    if (going && line) {
      const auto message = parse_render_message(*line);
      if (message) {
        going = handle(*message, *process);
      } else {
        ++strange;
      }
    }
    if (!going) {
      process->kill();
      if (!process->wait_for_end(kKillPatience)) log::error("job {}: its render stays", job_.id);
      return going;
    }
  }
  if (strange + process->dropped_lines() > 0) {
    log::warn("job {}: {} lines of its render are no messages", job_.id,
              strange + process->dropped_lines());
  }
  return judge(process->exit());
}

Result<void> JobRun::check_time() const {
  if (lease_.is_lost()) return fail(ErrorCode::conflict, "The job was taken back.");
  if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "The worker is stopping.");
  if (job_.deadline_at_ms > 0 && ports_.clock.now_ms() >= job_.deadline_at_ms) {
    return fail(ErrorCode::deadline_exceeded, "The job was not done before its deadline.");
  }
  return {};
}

Result<void> JobRun::handle(const RenderMessage& message, SandboxedProcess& process) {
  if (const auto* exact = std::get_if<ExactQuantity>(&message)) {
    return settle_exact(exact->delivered, process);
  }
  lease_.set_progress(std::get<RenderProgress>(message));
  return {};
}

Result<void> JobRun::settle_exact(const Delivered& delivered, SandboxedProcess& process) {
  const auto settled = until_answered(halt_.get_token(), [&] {
    return ports_.client.set_exact(job_.id, job_.fence, delivered, halt_.get_token());
  });
  if (settled) {
    // A render that does not read its answer shows that by its exit.
    if (!process.write_line(kReplyOk)) log::warn("job {}: its render went away", job_.id);
    return {};
  }
  if (is_unaffordable(settled.error().code)) {
    is_settled_ = true;
    if (process.write_line(kReplyRefused)) process.wait_for_end(kRefusedPatience);
  }
  return tl::make_unexpected(settled.error());
}

Result<void> JobRun::judge(const SandboxExit& exit) {
  if (exit.is_success()) return {};
  if (const auto told = folder_->read_output_json(kErrorFile)) {
    RenderFailure failure = failure_from(*told);
    is_retryable_ = failure.is_retryable;
    return tl::make_unexpected(std::move(failure.error));
  }
  log::error("job {}: its render ended with {} after {} ms of CPU time: {}", job_.id, exit.text(),
             exit.cpu_ms, exit.errors);
  if (exit.signal == SIGXCPU || exit.cpu_ms >= config_.limits.cpu_s * 900) {
    return fail(ErrorCode::resource_limit_reached, "The job needs more computing than it may use.");
  }
  is_retryable_ = job_.attempt < kCrashesMax;
  return fail_with_detail(ErrorCode::engine_failed, "The render ended unexpectedly.", exit.text());
}

Result<Completion> JobRun::deliver() {
  const auto result = folder_->read_output_json(kResultFile);
  if (!result) return unusable(result.error());
  TRY_ASSIGN(RenderOutcome outcome, outcome_from(*result));
  Completion completion{.job_id = job_.id,
                        .fence = job_.fence,
                        .quantity = outcome.quantity,
                        .parts = std::move(outcome.parts),
                        .result = std::move(outcome.facts),
                        .output_blobs = {}};
  json::object outputs;
  for (const auto& [name, output] : outcome.outputs) {
    const auto file = folder_->open_output(output.file);
    if (!file) return unusable(file.error());
    TRY_ASSIGN(BlobRef blob, until_answered(halt_.get_token(), [&] {
                 return ports_.client.upload(file->path(), halt_.get_token());
               }));
    blob.mime_type = output.mime_type;
    blob.name = output.name.empty() ? output.file : output.name;
    completion.output_blobs.push_back(blob.hash);
    outputs[name] = to_json(blob);
  }
  completion.result["outputs"] = std::move(outputs);
  return completion;
}

JobEnd JobRun::report(const Result<Completion>& produced) {
  if (is_settled_) return JobEnd::lost;
  if (lease_.is_lost()) return JobEnd::lost;
  if (!produced) return report_failure(produced.error());
  const auto told = until_answered(
      halt_.get_token(), [&] { return ports_.client.complete(*produced, halt_.get_token()); });
  if (told) return JobEnd::completed;
  if (told.error().code == ErrorCode::conflict || lease_.is_lost()) return JobEnd::lost;
  return report_failure(told.error());
}

JobEnd JobRun::report_failure(const Error& error) {
  if (error.code == ErrorCode::conflict) return JobEnd::lost;
  if (stop_.stop_requested()) {
    // Given back without waiting for a server that may be stopping too; its sweep does the same.
    Error given_back;
    given_back.code = ErrorCode::service_unavailable;
    given_back.message = "The worker was stopped.";
    const auto told = ports_.client.fail(job_.id, job_.fence, given_back, true, {});
    if (!told) log::info("job {}: left to the server's sweep", job_.id);
    return JobEnd::stopped;
  }
  if (!is_retryable_) is_retryable_ = is_retryable(error.code);
  log::warn("job {}: {}: {} {}", job_.id, to_string(error.code), error.message, error.detail);
  const auto told = until_answered(halt_.get_token(), [&] {
    return ports_.client.fail(job_.id, job_.fence, error, *is_retryable_, halt_.get_token());
  });
  return told ? JobEnd::failed : JobEnd::lost;
}

}  // namespace

std::string_view to_string(JobEnd end) {
  switch (end) {
    case JobEnd::completed: return "completed";
    case JobEnd::failed: return "failed";
    case JobEnd::lost: return "lost";
    case JobEnd::stopped: return "given back";
  }
  return "";
}

JobEnd run_job(const Job& job, const JobRunConfig& config, const JobRunPorts& ports,
               std::stop_token stop, std::unique_ptr<RenderAhead> ahead) {
  return JobRun(job, config, ports, std::move(stop), std::move(ahead)).run();
}

}  // namespace understudy::jobs
