// Sandbox: runs a program over one job's folder so that hostile media or HTML can hurt that job
// only.
//
// Two kinds, the stronger first; open() finds out by trying which one works on this machine:
//   bubblewrap  namespaces of its own (no network, no other process, a private /tmp, /usr
//   read-only,
//               nothing else of the machine's files), started after the process has dropped to the
//               job's own user. As root the folders are put in place by a private mount namespace
//               first, so they may lie where that user could not walk (a data folder of mode 0700).
//   jail        the same user, limits and filter, with Landlock where the kernel has it. It needs
//   no
//               privilege, so it works in a plain container.
// Both: no_new_privs, every limit of SandboxLimits, a cleared environment, and a seccomp filter
// that refuses every socket but AF_UNIX. The program sees its folder as its working directory and
// may write only to the folders in it that the command names; its standard input and output are a
// pipe.
//
// A keeper process stands between: it kills everything that descends from the program when the
// program ends, when it is told to, and when the thread that called start() ends (PR_SET_PDEATHSIG
// is per thread), so that thread must outlive the SandboxedProcess. Any thread may use a Sandbox.
// Method and measurements: bubblewrap(1), landlock(7), seccomp(2).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "jobs/sandboxed_process.h"

namespace understudy::jobs {

enum class SandboxKind { bubblewrap, jail };
std::string_view to_string(SandboxKind kind);

// auto_: the strongest that works. required: bubblewrap or nothing. jail: the second kind.
enum class SandboxMode { auto_, required, jail };
std::optional<SandboxMode> sandbox_mode_from(std::string_view name);  // "auto", "required", "jail"

// Files beside the program that are named after it, "understudy-espeak" beside "understudy", go
// with it: inside, they lie beside it too.
struct SandboxOptions {
  SandboxMode mode = SandboxMode::auto_;
  std::filesystem::path work_folder = {};            // exists; the job folders lie in it
  std::filesystem::path program = {};                // empty: this executable
  std::vector<std::filesystem::path> readable = {};  // further files and folders: models, data
  unsigned user_first = 61'000;  // as root, jobs run as users user_first .. user_first + 999
};

// Per process, except process_count (per user). 0: no limit.
struct SandboxLimits {
  std::int64_t address_space = 4LL << 30;  // bytes; a browser cannot live under it, use data_size
  std::int64_t data_size = 0;              // bytes of heap
  std::int64_t cpu_s = 3'600;
  std::int64_t file_size = 8LL << 30;
  int process_count = 256;
  std::int64_t tmp_size = 256LL << 20;  // bytes of /tmp (bubblewrap)
};

// The user that jobs of one worker run as: as root one of the range, locked against every other
// process that asks; otherwise the caller's own.
class JobUser {
 public:
  JobUser(unsigned uid, bool is_own, int lock_fd) : uid_(uid), is_own_(is_own), lock_fd_(lock_fd) {}
  ~JobUser();
  JobUser(JobUser&& other) noexcept;
  JobUser& operator=(JobUser&& other) noexcept;

  unsigned uid() const { return uid_; }
  bool is_own() const { return is_own_; }  // true: different from the caller's

 private:
  unsigned uid_;
  bool is_own_;
  int lock_fd_;
};

struct SandboxedCommand {
  std::vector<std::string> arguments;    // without the program's name
  std::filesystem::path program;         // empty: the sandbox's
  std::filesystem::path folder;          // absolute; the program's working directory
  std::vector<std::string> writable;     // names of folders in it
  std::vector<std::string> environment;  // further "NAME=value"
  SandboxLimits limits = {};
  // Leaves the browser the system calls of its own sandbox, and the render those to read its frames.
  bool runs_browser = false;
  int niceness = 0;
  int held_fd = -1;  // stays open until the last process is gone (a lock); -1: none
};

class Sandbox {
 public:
  // Tries what works, which takes some milliseconds.
  // Errors: service_unavailable (the mode's sandbox does not work; the message says how to get it).
  static Result<Sandbox> open(SandboxOptions options);

  SandboxKind kind() const { return kind_; }
  // "bubblewrap: namespaces, own user, seccomp filter"
  std::string summary() const;
  // Why the kind is not the stronger one and how to get it; empty when it is the strongest.
  const std::string& weakness() const { return weakness_; }
  // {"kind", "summary", "weakness"?} for /healthz and doctor.
  json::object report() const;

  // Errors: service_unavailable (every user of the range is taken).
  Result<JobUser> take_user() const;

  // Errors: service_unavailable (it could not be started).
  Result<std::unique_ptr<SandboxedProcess>> start(const SandboxedCommand& command,
                                                  const JobUser& user) const;

  // start() and wait for the end; standard output is returned, at most `output_max` bytes of it.
  // Errors: as start(), deadline_exceeded.
  struct Finished {
    SandboxExit exit;
    std::string output;
  };
  Result<Finished> run(const SandboxedCommand& command, const JobUser& user,
                       std::chrono::milliseconds time_max, std::size_t output_max) const;

 private:
  explicit Sandbox(SandboxOptions options);
  Result<void> choose_program();
  // Puts the program where the job's user can execute it, when it cannot do so where it is.
  Result<void> make_program_reachable();
  void find_companions();
  // Empty when a sandbox of this kind runs a program here, else the reason.
  std::string try_kind(SandboxKind kind, bool stages_mounts);

  SandboxOptions options_;
  SandboxKind kind_ = SandboxKind::jail;
  bool stages_mounts_ = false;  // bubblewrap's folders come from a mount namespace that root made
  bool drops_user_ = false;     // root that can become another user
  int landlock_abi_ = 0;
  int own_processes_ = 0;  // of the caller's user, when jobs share it
  std::vector<std::filesystem::path> companions_;
  std::string weakness_;
};

}  // namespace understudy::jobs
