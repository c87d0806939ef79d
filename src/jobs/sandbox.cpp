#include "jobs/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/descriptor.h"
#include "base/file.h"
#include "base/log.h"
#include "jobs/sandbox_child.h"
#include "jobs/sandbox_plan.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr const char* kBubblewrap = "/usr/bin/bwrap";
constexpr unsigned kUsersMax = 1000;

tl::unexpected<Error> launch_error(const char* what) {
  return fail_with_detail(ErrorCode::service_unavailable,
                          "A sandboxed program could not be started.",
                          std::string(what) + ": " + std::strerror(errno));
}

// The child copies its ends over 0, 1 and 2, so none may lie there.
Descriptor above_standard(int descriptor) {
  if (descriptor < 0 || descriptor > 2) return Descriptor(descriptor);
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  ::close(descriptor);
  return Descriptor(moved);
}

struct Channel {
  Descriptor ours;
  Descriptor theirs;
};

Result<Channel> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return launch_error("pipe");
  return Channel{above_standard(ends[0]), above_standard(ends[1])};
}

// A socket, because a write to a dead reader must be an error and not a signal.
Result<Channel> open_socket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return launch_error("socket");
  return Channel{above_standard(ends[0]), above_standard(ends[1])};
}

int landlock_abi() {
  const auto abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

// Whether a process that became this user could execute the file; an empty path asks only whether
// the change works: root without the capabilities (a container that dropped them) cannot.
bool can_become(unsigned uid, const fs::path& and_execute = {}) {
  if (::geteuid() != 0) return false;
  const char* path = and_execute.c_str();
  const pid_t child = ::fork();
  if (child == 0) {
    const bool works = ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
                       ::syscall(SYS_setresgid, uid, uid, uid) == 0 &&
                       ::syscall(SYS_setresuid, uid, uid, uid) == 0 &&
                       (*path == '\0' || ::access(path, R_OK | X_OK) == 0);
    ::_exit(works ? 0 : 1);
  }
  int status = 1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// A folder of ours that nobody else can write to.
bool is_safe_folder(const fs::path& folder) {
  struct stat facts {};
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return false;
  return ::lstat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
         facts.st_uid == ::geteuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
         ::chmod(folder.c_str(), 0755) == 0;
}

bool copy_program(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  const fs::path partial = to.string() + "." + to_hex(random_bytes(4));
  return fs::copy_file(from, partial, failed) && ::chmod(partial.c_str(), 0755) == 0 &&
         ::rename(partial.c_str(), to.c_str()) == 0;
}

std::string first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return std::string(text.substr(0, 300));
}

}  // namespace

std::string_view to_string(SandboxKind kind) {
  return kind == SandboxKind::bubblewrap ? "bubblewrap" : "jail";
}

std::optional<SandboxMode> sandbox_mode_from(std::string_view name) {
  if (name == "auto") return SandboxMode::auto_;
  if (name == "required") return SandboxMode::required;
  if (name == "jail") return SandboxMode::jail;
  return std::nullopt;
}

JobUser::~JobUser() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}
JobUser::JobUser(JobUser&& other) noexcept
    : uid_(other.uid_), is_own_(other.is_own_), lock_fd_(std::exchange(other.lock_fd_, -1)) {}
JobUser& JobUser::operator=(JobUser&& other) noexcept {
  std::swap(uid_, other.uid_);
  std::swap(is_own_, other.is_own_);
  std::swap(lock_fd_, other.lock_fd_);
  return *this;
}

Sandbox::Sandbox(SandboxOptions options) : options_(std::move(options)) {}

Result<Sandbox> Sandbox::open(SandboxOptions options) {
  Sandbox sandbox(std::move(options));
  sandbox.drops_user_ = can_become(sandbox.options_.user_first);
  sandbox.landlock_abi_ = landlock_abi();
  if (!sandbox.drops_user_) sandbox.own_processes_ = count_processes_of(::geteuid());
  TRY(sandbox.choose_program());

  if (sandbox.options_.mode != SandboxMode::jail) {
    std::string reason;
    if (::access(kBubblewrap, X_OK) != 0) {
      reason = "bubblewrap is not installed: apt-get install bubblewrap";
    } else {
      if (sandbox.drops_user_) reason = sandbox.try_kind(SandboxKind::bubblewrap, true);
      if (!sandbox.drops_user_ || !reason.empty()) {
        // Root of a container may not mount; the folders may be within the job user's reach anyhow.
        reason = sandbox.try_kind(SandboxKind::bubblewrap, false);
      }
      if (reason.empty()) {
        TRY(sandbox.make_program_reachable());
        return sandbox;
      }
      reason =
          "bubblewrap does not work here (" + reason +
          "): allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
          "kernel.apparmor_restrict_unprivileged_userns=0; a container needs a seccomp profile "
          "that permits unshare and mount, and an unmasked /proc)";
    }
    sandbox.weakness_ = std::move(reason);
  } else {
    sandbox.weakness_ = "the configuration asks for the jail: set sandbox to auto";
  }
  if (sandbox.options_.mode == SandboxMode::required) {
    return fail(ErrorCode::service_unavailable,
                "The sandbox is required and " + sandbox.weakness_ + ".");
  }
  if (const std::string reason = sandbox.try_kind(SandboxKind::jail, false); !reason.empty()) {
    return fail(ErrorCode::service_unavailable,
                "No sandbox works here, so nothing can be rendered: the jail fails (" + reason +
                    "), and " + sandbox.weakness_ + ".");
  }
  TRY(sandbox.make_program_reachable());
  return sandbox;
}

Result<void> Sandbox::choose_program() {
  std::error_code failed;
  if (options_.program.empty()) {
    options_.program = fs::read_symlink("/proc/self/exe", failed);
    // A build that replaced the file while it ran leaves this behind its name.
    std::string name = options_.program.string();
    constexpr std::string_view kDeleted = " (deleted)";
    if (name.ends_with(kDeleted)) name.resize(name.size() - kDeleted.size());
    options_.program = name;
  }
  options_.work_folder = fs::absolute(options_.work_folder, failed);
  if (::access(options_.program.c_str(), X_OK) != 0) return launch_error("program");
  find_companions();
  return {};
}

void Sandbox::find_companions() {
  companions_.clear();
  const std::string prefix = options_.program.filename().string() + "-";
  std::error_code failed;
  for (fs::directory_iterator entry(options_.program.parent_path(), failed), end;
       !failed && entry != end; entry.increment(failed)) {
    std::error_code gone;
    if (entry->path().filename().string().starts_with(prefix) && entry->is_regular_file(gone) &&
        ::access(entry->path().c_str(), X_OK) == 0) {
      companions_.push_back(entry->path());
    }
  }
}

Result<void> Sandbox::make_program_reachable() {
  struct stat facts {};
  if (::stat(options_.program.c_str(), &facts) != 0) return launch_error("program");
  constexpr unsigned kForAll = S_IROTH | S_IXOTH;
  const bool is_placed = kind_ == SandboxKind::bubblewrap && stages_mounts_;
  if (!drops_user_ || (is_placed && (facts.st_mode & kForAll) == kForAll) ||
      can_become(options_.user_first, options_.program)) {
    return {};
  }
  // Built under a strict umask, or in a folder that is closed to the job's user. The name says
  // which build it is, so a later one does not meet this one's copy.
  const std::string build =
      sha256_hex(fmt::format("{} {} {} {}", options_.program.string(), facts.st_ino, facts.st_size,
                             facts.st_mtim.tv_sec))
          .substr(0, 12);
  for (const fs::path& parent : {options_.work_folder, fs::path("/var/tmp"), fs::path("/tmp")}) {
    const fs::path folder = parent / ("understudy-program-" + build);
    const fs::path copy = folder / options_.program.filename();
    if (!is_safe_folder(folder) || !copy_program(options_.program, copy)) continue;
    if (!is_placed && !can_become(options_.user_first, copy)) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
      continue;
    }
    for (const auto& path : companions_) {
      if (!copy_program(path, folder / path.filename())) return launch_error("copy of the program");
    }
    options_.program = copy;
    find_companions();
    return {};
  }
  return fail(ErrorCode::service_unavailable,
              "The user of the jobs cannot execute this program: install it where everyone may "
              "(chmod a+rx it and its folders).");
}

std::string Sandbox::try_kind(SandboxKind kind, bool stages_mounts) {
  kind_ = kind;
  stages_mounts_ = stages_mounts;
  auto user = take_user();
  if (!user) return user.error().message;
  const fs::path folder = options_.work_folder / ("probe-" + to_hex(random_bytes(6)));
  std::error_code failed;
  if (!fs::create_directory(folder, failed)) return "no folder can be made in the work folder";
  ::chmod(folder.c_str(), 0755);
  SandboxedCommand command;
  command.program = "/usr/bin/true";
  command.folder = folder;
  const auto finished = run(command, *user, std::chrono::seconds(10), 1024);
  fs::remove_all(folder, failed);
  if (!finished) return finished.error().message + " " + finished.error().detail;
  if (finished->exit.is_success()) return {};
  const std::string reason = first_line(finished->exit.errors);
  return reason.empty() ? finished->exit.text() : reason;
}

std::string Sandbox::summary() const {
  std::string text(to_string(kind_));
  if (kind_ == SandboxKind::bubblewrap) {
    text += ": namespaces, no network";
  } else {
    text += landlock_abi_ > 0
                ? ": Landlock " + std::to_string(landlock_abi_)
                : ": no Landlock in this kernel (files that all may read are readable)";
  }
  text += drops_user_ ? ", a user of its own" : ", the server's user";
  return text + ", limits, seccomp filter";
}

json::object Sandbox::report() const {
  json::object report{{"kind", to_string(kind_)}, {"summary", summary()}};
  if (!weakness_.empty()) report.emplace("weakness", weakness_);
  return report;
}

Result<JobUser> Sandbox::take_user() const {
  if (!drops_user_) return JobUser(::geteuid(), false, -1);
  // One folder for the machine, so that two servers never share a user.
  fs::path folder = "/run/understudy-users";
  ::mkdir(folder.c_str(), 0700);
  if (::access(folder.c_str(), W_OK) != 0) {
    folder = options_.work_folder / "users";
    ::mkdir(folder.c_str(), 0700);
  }
  for (unsigned uid = options_.user_first; uid < options_.user_first + kUsersMax; ++uid) {
    Descriptor lock(::open((folder / std::to_string(uid)).c_str(),
                           O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.get() < 0) return launch_error("lock of a job user");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return JobUser(uid, true, lock.release());
  }
  return fail(ErrorCode::service_unavailable, "Every user for jobs is taken.");
}

Result<std::unique_ptr<SandboxedProcess>> Sandbox::start(const SandboxedCommand& command,
                                                         const JobUser& user) const {
  TRY_ASSIGN(Channel input, open_socket());
  TRY_ASSIGN(Channel output, open_pipe());
  TRY_ASSIGN(Channel errors, open_pipe());
  TRY_ASSIGN(Channel status, open_pipe());
  const PlanContext context{
      .kind = kind_,
      .stages_mounts = stages_mounts_,
      .drops_user = drops_user_,
      .uid = user.uid(),
      .landlock_abi = landlock_abi_,
      .processes_besides = own_processes_,
      .program = command.program.empty() ? options_.program : command.program,
      .companions = command.program.empty() ? companions_ : std::vector<fs::path>(),
      .readable = options_.readable,
  };
  TRY_ASSIGN(LaunchPlan plan, make_launch_plan(command, context));
  Descriptor program;
  Descriptor filter;
  if (kind_ == SandboxKind::jail) {
    program = Descriptor(::open(context.program.c_str(), O_RDONLY | O_CLOEXEC));
    if (program.get() < 0) return launch_error("program");
  } else {
    filter = Descriptor(::memfd_create("filter", MFD_CLOEXEC));
    const auto size = plan.filter.size() * sizeof(sock_filter);
    if (filter.get() < 0 || ::write(filter.get(), plan.filter.data(), size) < 0 ||
        ::lseek(filter.get(), 0, SEEK_SET) != 0) {
      return launch_error("filter");
    }
  }
  plan.input = input.theirs.get();
  plan.output = output.theirs.get();
  plan.errors = errors.theirs.get();
  plan.status = status.theirs.get();
  plan.program = program.get();
  plan.filter_file = filter.get();
  plan.held = command.held_fd;
  plan.parent = ::getpid();
  plan.finish();
  const pid_t keeper = ::fork();
  if (keeper < 0) return launch_error("fork");
  if (keeper == 0) run_keeper(plan);
  return std::make_unique<SandboxedProcess>(
      keeper,
      SandboxedProcess::Descriptors{.input = input.ours.release(),
                                    .output = output.ours.release(),
                                    .errors = errors.ours.release(),
                                    .status = status.ours.release()},
      plan.is_wrapped);
}

Result<Sandbox::Finished> Sandbox::run(const SandboxedCommand& command, const JobUser& user,
                                       std::chrono::milliseconds time_max,
                                       std::size_t output_max) const {
  TRY_ASSIGN(const auto process, start(command, user));
  Finished finished;
  const auto until = std::chrono::steady_clock::now() + time_max;
  while (!process->has_ended()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return fail(ErrorCode::deadline_exceeded, "A sandboxed program took too long.");
    }
    const std::string bytes = process->next_bytes(left);
    finished.output.append(bytes, 0, output_max - std::min(output_max, finished.output.size()));
  }
  finished.output.append(process->next_bytes({}), 0,
                         output_max - std::min(output_max, finished.output.size()));
  finished.exit = process->exit();
  return finished;
}

}  // namespace understudy::jobs
