// What happens between fork() and exec() of a sandboxed program. The parent may have threads, so
// this code makes system calls only: no allocation, no locks, no C++ library. Everything it needs
// is prepared in a LaunchPlan before the fork.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/types.h>

namespace understudy::jobs {

struct PlannedLimit {
  __rlimit_resource resource;
  rlim_t value;
};

struct LandlockRule {
  std::string path;  // absent: skipped
  bool is_writable = false;
};

// A file or folder that root puts under kMountStage before it becomes the job's user.
struct StagedMount {
  std::string source;
  std::string target;
  bool is_folder = true;
};
inline constexpr const char* kMountStage = "/tmp";  // covered by a tmpfs in that namespace only

struct LaunchPlan {
  pid_t parent = 0;
  bool is_wrapped = false;  // bubblewrap; else the jail
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string folder;  // working directory of the jail
  std::vector<StagedMount> mounts;
  std::vector<LandlockRule> rules;
  std::vector<PlannedLimit> limits;
  std::vector<sock_filter> filter;  // seccomp program of the jail
  int landlock_abi = 0;
  bool drops_user = false;
  uid_t uid = 0;
  int niceness = 0;
  // Descriptors, all above 2. program and filter: -1 when not used.
  int input = -1;
  int output = -1;
  int errors = -1;
  int status = -1;
  int program = -1;      // the jail executes this
  int filter_file = -1;  // bubblewrap reads its filter here, as descriptor 3
  int held = -1;

  // Pointers into the above, for exec. Call after the last change.
  void finish();
  std::vector<char*> argv;
  std::vector<char*> envp;
};
inline constexpr int kFilterDescriptor = 3;

// The keeper reports with this on `status`.
struct KeeperReport {
  int wait_status = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t memory_peak = 0;
};

// Runs in the forked child.
[[noreturn]] void run_keeper(const LaunchPlan& plan);

}  // namespace understudy::jobs
