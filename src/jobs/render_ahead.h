// RenderAhead: a render process that is started before its job, so that what takes it long and does
// not depend on the job (a browser) is done when the job comes. It is sandboxed as any render, as a
// user of its own, in a folder that then becomes the job's; it serves one job, or none, and is
// thrown away. One thread, which must outlive it.
#pragma once

#include <memory>
#include <string>

#include "jobs/job_folder.h"
#include "jobs/job_run.h"
#include "jobs/sandbox.h"

namespace understudy::jobs {

class RenderAhead {
 public:
  // Errors: storage_failed, service_unavailable (also where jobs that run at the same time would
  // not be kept apart).
  static Result<std::unique_ptr<RenderAhead>> start(const std::string& kind,
                                                    const JobRunConfig& config,
                                                    const Sandbox& sandbox);
  ~RenderAhead();  // what nobody took is killed, and its folder removed
  RenderAhead(const RenderAhead&) = delete;
  RenderAhead& operator=(const RenderAhead&) = delete;

  const std::string& kind() const { return kind_; }
  bool is_alive();
  const JobUser& user() const { return user_; }

  // The folder, as the job's. Empty when the job has one already: its steps are kept there.
  std::optional<JobFolder> take_folder(const Job& job);
  // Tells it to begin with what lies in the folder now. Errors: service_unavailable (it is gone).
  Result<std::unique_ptr<SandboxedProcess>> begin();

 private:
  RenderAhead(std::string kind, JobUser user, JobFolder folder);
  std::string kind_;
  JobUser user_;
  std::optional<JobFolder> folder_;
  std::unique_ptr<SandboxedProcess> process_;
};

// Bytes that programs could still get without pushing others out; 0 when unknown.
std::int64_t available_memory();

}  // namespace understudy::jobs
