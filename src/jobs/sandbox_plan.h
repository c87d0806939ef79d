// From a command to a launch plan: bubblewrap's arguments, the jail's rules, the limits of both.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "jobs/sandbox.h"
#include "jobs/sandbox_child.h"

namespace understudy::jobs {

struct PlanContext {
  SandboxKind kind = SandboxKind::jail;
  bool stages_mounts = false;
  bool drops_user = false;
  unsigned uid = 0;
  int landlock_abi = 0;
  int processes_besides = 0;  // that count against the same user's limit
  std::filesystem::path program;
  std::vector<std::filesystem::path> companions;  // found beside the program, inside too
  std::vector<std::filesystem::path> readable;
};

// Everything but the descriptors, and finish() is still to be called.
// Errors: invalid_parameter (a folder that is not absolute), service_unavailable.
Result<LaunchPlan> make_launch_plan(const SandboxedCommand& command, const PlanContext& context);

// Threads that run as this user, as the limit counts them.
int count_processes_of(unsigned uid);

}  // namespace understudy::jobs
