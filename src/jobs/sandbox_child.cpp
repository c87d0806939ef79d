#include "jobs/sandbox_child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace understudy::jobs {
namespace {

constexpr int kLaunchFailed = 126;

// To the program's standard error, where the parent looks for a reason.
[[noreturn]] void die(const char* what) {
  const char* reason = ::strerrordesc_np(errno);  // does not allocate, unlike strerror
  for (const char* part : {"sandbox: ", what, ": ", reason != nullptr ? reason : "?", "\n"}) {
    if (::write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  ::_exit(kLaunchFailed);
}

// Listening sockets and databases of the parent must not live on in the keeper.
void close_all_but(std::array<int, 9> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = 0;
  for (const int descriptor : kept) {
    if (descriptor < 0) continue;
    const auto keep = static_cast<unsigned>(descriptor);
    if (keep > first) ::close_range(first, keep - 1, 0);
    first = keep + 1;
  }
  ::close_range(first, ~0U, 0);
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void die_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kLaunchFailed);
}

void set_limits(const LaunchPlan& plan) {
  for (const auto& limit : plan.limits) {
    rlimit wanted{limit.value, limit.value};
    rlimit present{};
    // A limit of the machine that is lower already stays.
    if (::getrlimit(limit.resource, &present) == 0 && present.rlim_max < wanted.rlim_max) {
      wanted = {present.rlim_max, present.rlim_max};
    }
    if (::setrlimit(limit.resource, &wanted) != 0) die("setrlimit");
  }
  if (plan.niceness != 0) ::setpriority(PRIO_PROCESS, 0, plan.niceness);
  // When memory runs out, a render goes before the server does.
  if (const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); file >= 0) {
    if (::write(file, "500", 3) < 0) errno = 0;
    ::close(file);
  }
}

void stage_mounts(const LaunchPlan& plan) {
  if (::unshare(CLONE_NEWNS) != 0) die("unshare of mounts");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) die("private mounts");
  constexpr std::size_t kMountsMax = 32;
  std::array<int, kMountsMax> sources;
  if (plan.mounts.size() > kMountsMax) die("too many mounts");
  // Opened before the stage covers what may lie below it.
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    sources[i] = ::open(plan.mounts[i].source.c_str(), O_PATH | O_CLOEXEC);
    if (sources[i] < 0) die(plan.mounts[i].source.c_str());
  }
  if (::mount("tmpfs", kMountStage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") != 0) {
    die("tmpfs");
  }
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    const char* target = plan.mounts[i].target.c_str();
    if (plan.mounts[i].is_folder) {
      if (::mkdir(target, 0755) != 0) die("mkdir");
    } else {
      const int file = ::open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (file < 0) die("mount point");
      ::close(file);
    }
    // "/proc/self/fd/N", without the C++ library
    std::array<char, 32> link{"/proc/self/fd/"};
    char* end = link.data() + std::strlen(link.data());
    const int number = sources[i];
    if (number >= 1000) die("descriptor");
    if (number >= 100) *end++ = static_cast<char>('0' + number / 100);
    if (number >= 10) *end++ = static_cast<char>('0' + number / 10 % 10);
    *end = static_cast<char>('0' + number % 10);
    if (::mount(link.data(), target, nullptr, MS_BIND, nullptr) != 0) die("bind");
    ::close(sources[i]);
  }
}

void become(const LaunchPlan& plan) {
  if (!plan.drops_user) return;
  if (::setgroups(0, nullptr) != 0) die("setgroups");
  if (::setresgid(plan.uid, plan.uid, plan.uid) != 0) die("setresgid");
  if (::setresuid(plan.uid, plan.uid, plan.uid) != 0) die("setresuid");
  if (::setuid(0) == 0) {
    errno = EPERM;
    die("the user came back");
  }
}

// Landlock (landlock(7)): rights by file tree, and from ABI 4 on TCP, from 6 on abstract sockets
// and signals. The struct is ours because the headers may be older than the kernel.
struct RulesetAttributes {
  std::uint64_t file;
  std::uint64_t network;
  std::uint64_t scope;
};
constexpr std::uint64_t kLandlockRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kLandlockTruncate = 1ULL << 14;
constexpr std::uint64_t kLandlockOnFiles = LANDLOCK_ACCESS_FS_EXECUTE |
                                           LANDLOCK_ACCESS_FS_READ_FILE |
                                           LANDLOCK_ACCESS_FS_WRITE_FILE | kLandlockTruncate;

int make_ruleset(const LaunchPlan& plan) {
  std::uint64_t all = (1ULL << 13) - 1;
  if (plan.landlock_abi >= 2) all |= 1ULL << 13;  // moving between folders
  if (plan.landlock_abi >= 3) all |= kLandlockTruncate;
  const RulesetAttributes attributes{all, plan.landlock_abi >= 4 ? 3ULL : 0,
                                     plan.landlock_abi >= 6 ? 3ULL : 0};
  const std::size_t size = plan.landlock_abi >= 6 ? 24 : plan.landlock_abi >= 4 ? 16 : 8;
  const auto ruleset =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) die("landlock");
  for (const auto& rule : plan.rules) {
    const int file = ::open(rule.path.c_str(), O_PATH | O_CLOEXEC);
    if (file < 0) continue;
    struct stat facts {};
    if (::fstat(file, &facts) != 0) die("landlock stat");
    std::uint64_t rights = rule.is_writable ? all : kLandlockRead;
    if (!S_ISDIR(facts.st_mode)) rights &= kLandlockOnFiles & all;
    const landlock_path_beneath_attr beneath{rights, file};
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
      die("landlock rule");
    }
    ::close(file);
  }
  return ruleset;
}

[[noreturn]] void execute_in_jail(const LaunchPlan& plan) {
  const int ruleset = plan.landlock_abi > 0 ? make_ruleset(plan) : -1;
  // As root the folder may lie where the job's user could not walk to; standing in it is enough.
  if (::chdir(plan.folder.c_str()) != 0) die("chdir");
  const pid_t parent = ::getppid();
  become(plan);
  die_with_parent(parent);  // a change of user forgets it
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("no_new_privs");
  if (ruleset >= 0 && ::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) die("landlock");
  const sock_fprog program{static_cast<unsigned short>(plan.filter.size()),
                           const_cast<sock_filter*>(plan.filter.data())};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) die("seccomp");
  ::syscall(SYS_execveat, plan.program, "", plan.argv.data(), plan.envp.data(), AT_EMPTY_PATH);
  die("exec");
}

[[noreturn]] void execute_wrapped(const LaunchPlan& plan) {
  if (!plan.mounts.empty()) stage_mounts(plan);
  if (::chdir("/") != 0) die("chdir");
  const pid_t parent = ::getppid();
  become(plan);
  die_with_parent(parent);
  ::execve(plan.argv[0], plan.argv.data(), plan.envp.data());
  die("exec of bubblewrap");
}

[[noreturn]] void run_program(const LaunchPlan& plan, pid_t keeper) {
  ::setpgid(0, 0);
  die_with_parent(keeper);
  reset_signals();
  if (::dup2(plan.errors, STDERR_FILENO) < 0 || ::dup2(plan.input, STDIN_FILENO) < 0 ||
      ::dup2(plan.output, STDOUT_FILENO) < 0) {
    die("dup2");
  }
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (plan.filter_file >= 0) {
    if (plan.filter_file == kFilterDescriptor) {
      ::fcntl(kFilterDescriptor, F_SETFD, 0);
    } else if (::dup2(plan.filter_file, kFilterDescriptor) < 0) {
      die("dup2");
    }
  }
  ::umask(077);
  set_limits(plan);
  if (plan.is_wrapped) execute_wrapped(plan);
  execute_in_jail(plan);
}

// Kills the keeper's children. What they started becomes a child of the keeper (it is a subreaper)
// as they die, so the caller repeats this until there are none.
void kill_children(pid_t program) {
  if (program > 0) {
    ::kill(-program, SIGKILL);
    ::kill(program, SIGKILL);
  }
  const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  std::array<char, 4096> text;
  pid_t pid = 0;
  for (;;) {
    const auto count = ::read(file, text.data(), text.size());
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; ++i) {
      const char digit = text[static_cast<std::size_t>(i)];
      if (digit >= '0' && digit <= '9') {
        pid = pid * 10 + (digit - '0');
      } else if (pid > 0) {
        ::kill(pid, SIGKILL);
        pid = 0;
      }
    }
  }
  if (pid > 0) ::kill(pid, SIGKILL);
  ::close(file);
}

// At the end: bubblewrap leaves its own child to the keeper, so only the sum over all is right.
void report(const LaunchPlan& plan, int wait_status) {
  rusage use{};
  ::getrusage(RUSAGE_CHILDREN, &use);
  KeeperReport made;
  made.wait_status = wait_status;
  made.cpu_ms = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
                (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
  made.memory_peak = use.ru_maxrss * 1024;
  if (::write(plan.status, &made, sizeof made) < 0) ::_exit(kLaunchFailed);
}

}  // namespace

void LaunchPlan::finish() {
  argv.clear();
  envp.clear();
  for (auto& text : arguments) argv.push_back(text.data());
  for (auto& text : environment) envp.push_back(text.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
}

void run_keeper(const LaunchPlan& plan) {
  // Signals are taken one by one with sigtimedwait; handlers of the parent must not run here.
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::signal(SIGCHLD, SIG_DFL);  // ignored ones would leave nothing to wait for
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != plan.parent) ::_exit(kLaunchFailed);
  close_all_but({plan.input, plan.output, plan.errors, plan.status, plan.program, plan.filter_file,
                 plan.held, -1, -1});
  const pid_t keeper = ::getpid();
  pid_t program = ::fork();
  if (program == 0) run_program(plan, keeper);
  close_all_but({plan.status, plan.held, -1, -1, -1, -1, -1, -1, -1});
  if (program < 0) ::_exit(kLaunchFailed);

  bool is_ending = false;
  int program_status = 0;
  for (;;) {
    int wait_status = 0;
    const pid_t ended = ::waitpid(-1, &wait_status, WNOHANG);
    if (ended < 0 && errno == ECHILD) break;
    if (ended > 0 && ended == program) {
      program_status = wait_status;
      program = 0;
      is_ending = true;
    }
    if (is_ending) kill_children(program);
    if (ended > 0) continue;
    const timespec pause = is_ending ? timespec{0, 2'000'000} : timespec{3'600, 0};
    siginfo_t signal{};
    const int number = ::sigtimedwait(&all, &signal, &pause);
    if (number == SIGTERM || number == SIGINT || number == SIGHUP) is_ending = true;
  }
  report(plan, program_status);
  ::_exit(0);
}

}  // namespace understudy::jobs
