#include "jobs/render_ahead.h"

#include <fstream>

#include "jobs/render_message.h"

namespace understudy::jobs {

RenderAhead::RenderAhead(std::string kind, JobUser user, JobFolder folder)
    : kind_(std::move(kind)), user_(std::move(user)), folder_(std::move(folder)) {}

RenderAhead::~RenderAhead() {
  process_.reset();
  if (folder_) folder_->remove();
}

Result<std::unique_ptr<RenderAhead>> RenderAhead::start(const std::string& kind,
                                                        const JobRunConfig& config,
                                                        const Sandbox& sandbox) {
  TRY_ASSIGN(JobUser user, sandbox.take_user());
  if (!user.is_own() && sandbox.kind() != SandboxKind::bubblewrap) {
    return fail(ErrorCode::service_unavailable,
                "Renders are not started ahead: they would run as the same user as other jobs.");
  }
  TRY_ASSIGN(JobFolder folder, JobFolder::open_ahead(config.work_folder, user));
  std::unique_ptr<RenderAhead> ahead(new RenderAhead(kind, std::move(user), std::move(folder)));
  Job job;  // what shapes the command
  job.kind = kind;
  job.lane = Lane::standard;
  SandboxedCommand command;
  command.arguments = config.render_arguments;
  command.arguments.insert(command.arguments.end(), {"--ahead", kind});
  command.folder = ahead->folder_->path();
  command.writable = {kWorkFolder, kOutputsFolder, kTemporaryFolder};
  command.limits = config.limits;
  command.held_fd = ahead->folder_->lock();
  if (config.shape) config.shape(job, command);
  TRY_ASSIGN(ahead->process_, sandbox.start(command, ahead->user_));
  return ahead;
}

bool RenderAhead::is_alive() {
  if (process_ == nullptr) return false;
  process_->next_line({});  // it has nothing to say; this notices its end
  return !process_->has_ended();
}

std::optional<JobFolder> RenderAhead::take_folder(const Job& job) {
  if (job.kind != kind_ || !is_alive() || !folder_ || !folder_->become(job)) return std::nullopt;
  return std::exchange(folder_, std::nullopt);
}

Result<std::unique_ptr<SandboxedProcess>> RenderAhead::begin() {
  TRY(process_->write_line(kBegin));
  return std::move(process_);
}

std::int64_t available_memory() {
  std::ifstream in("/proc/meminfo");  // proc(5)
  std::string key;
  std::int64_t kilobytes = 0;
  std::string unit;
  while (in >> key >> kilobytes && std::getline(in, unit)) {
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return 0;
}

}  // namespace understudy::jobs
