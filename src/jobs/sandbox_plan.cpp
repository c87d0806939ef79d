#include "jobs/sandbox_plan.h"

#include <algorithm>

#include <sys/stat.h>

#include "jobs/seccomp_filter.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

// The folder of the program inside of bubblewrap, and the job's folder there.
constexpr const char* kProgramsInside = "/program/";
constexpr const char* kFolderInside = "/job";

// Read-only parts of the machine that programs need, in both kinds.
constexpr const char* kSystemFiles[] = {"/etc/ld.so.cache", "/etc/fonts", "/etc/passwd",
                                        "/etc/localtime", "/etc/alternatives"};
// Further ones that bubblewrap makes itself.
constexpr const char* kJailFiles[] = {"/usr",       "/bin",          "/lib",
                                      "/lib64",     "/proc/self",    "/proc/cpuinfo",
                                      "/proc/stat", "/proc/meminfo", "/sys/devices/system/cpu",
                                      "/dev/zero",  "/dev/full",     "/dev/urandom",
                                      "/dev/random"};

// AddressSanitizer and ThreadSanitizer reserve terabytes of addresses.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsAddresses = false;
#else
constexpr bool kLimitsAddresses = true;
#endif

constexpr rlim_t kOpenFilesMax = 1024;

std::vector<PlannedLimit> limits_of(const SandboxLimits& limits, int processes_besides) {
  std::vector<PlannedLimit> planned{{RLIMIT_CORE, 0}, {RLIMIT_NOFILE, kOpenFilesMax}};
  const auto add = [&](__rlimit_resource resource, std::int64_t value) {
    if (value > 0) planned.push_back({resource, static_cast<rlim_t>(value)});
  };
  if (kLimitsAddresses) add(RLIMIT_AS, limits.address_space);
  if (kLimitsAddresses) add(RLIMIT_DATA, limits.data_size);
  add(RLIMIT_CPU, limits.cpu_s);
  add(RLIMIT_FSIZE, limits.file_size);
  if (limits.process_count > 0) add(RLIMIT_NPROC, limits.process_count + processes_besides);
  return planned;
}

std::vector<std::string> environment_of(const SandboxedCommand& command, const std::string& home) {
  std::vector<std::string> environment{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + home,
                                       "TMPDIR=" + home};
  environment.insert(environment.end(), command.environment.begin(), command.environment.end());
  return environment;
}

// Names the outside paths as bubblewrap's process sees them: itself, or a place on the mount stage.
class Sources {
 public:
  Sources(LaunchPlan& plan, bool stages) : plan_(plan), stages_(stages) {}

  std::string add(const fs::path& path) {
    if (!stages_) return path.string();
    const std::string target = std::string(kMountStage) + "/" + std::to_string(plan_.mounts.size());
    plan_.mounts.push_back({path.string(), target, fs::is_directory(path)});
    return target;
  }

 private:
  LaunchPlan& plan_;
  bool stages_;
};

void plan_bubblewrap(LaunchPlan& plan, const SandboxedCommand& command,
                     const PlanContext& context) {
  auto& arguments = plan.arguments;
  const auto add = [&](std::initializer_list<std::string> more) {
    arguments.insert(arguments.end(), more);
  };
  Sources sources(plan, context.stages_mounts);
  add({"/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
       "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64",
       "/lib64", "--symlink", "usr/bin", "/bin"});
  for (const char* file : kSystemFiles) add({"--ro-bind-try", file, file});
  add({"--proc", "/proc", "--dev", "/dev", "--size", std::to_string(command.limits.tmp_size),
       "--tmpfs", "/tmp"});
  for (const auto& path : context.readable) {
    if (fs::exists(path)) add({"--ro-bind", sources.add(path), path.string()});
  }
  const auto inside = [](const fs::path& path) {
    return kProgramsInside + path.filename().string();
  };
  add({"--ro-bind", sources.add(context.program), inside(context.program)});
  for (const auto& path : context.companions) add({"--ro-bind", sources.add(path), inside(path)});
  const std::string folder = sources.add(command.folder);
  add({"--ro-bind", folder, kFolderInside});
  for (const auto& name : command.writable) {
    add({"--bind", folder + "/" + name, std::string(kFolderInside) + "/" + name});
  }
  add({"--chdir", kFolderInside, "--seccomp", std::to_string(kFilterDescriptor), "--",
       inside(context.program)});
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  plan.environment = environment_of(command, "/tmp");
}

void plan_jail(LaunchPlan& plan, const SandboxedCommand& command, const PlanContext& context) {
  plan.arguments.push_back(context.program.string());
  plan.arguments.insert(plan.arguments.end(), command.arguments.begin(), command.arguments.end());
  plan.environment =
      environment_of(command, command.writable.empty() ? "/nonexistent"
                                                       : command.folder / command.writable.back());
  for (const char* file : kSystemFiles) plan.rules.push_back({file, false});
  for (const char* file : kJailFiles) plan.rules.push_back({file, false});
  for (const auto& path : context.readable) plan.rules.push_back({path, false});
  plan.rules.push_back({context.program, false});
  for (const auto& path : context.companions) plan.rules.push_back({path, false});
  plan.rules.push_back({command.folder, false});
  plan.rules.push_back({"/dev/null", true});
  // A browser looks at its own processes there, and its render at the memory that they use. What
  // matters of other users' processes stays closed to it, as it is outside.
  if (command.runs_browser) plan.rules.push_back({"/proc", false});
  for (const auto& name : command.writable) plan.rules.push_back({command.folder / name, true});
}

}  // namespace

Result<LaunchPlan> make_launch_plan(const SandboxedCommand& command, const PlanContext& context) {
  if (!command.folder.is_absolute()) {
    return fail(ErrorCode::invalid_parameter, "A sandboxed program needs an absolute folder.");
  }
  LaunchPlan plan;
  plan.is_wrapped = context.kind == SandboxKind::bubblewrap;
  plan.folder = command.folder;
  plan.landlock_abi = context.landlock_abi;
  plan.drops_user = context.drops_user;
  plan.uid = context.uid;
  plan.niceness = command.niceness;
  plan.limits = limits_of(command.limits, context.drops_user ? 0 : context.processes_besides);
  if (plan.is_wrapped) {
    plan_bubblewrap(plan, command, context);
  } else {
    plan_jail(plan, command, context);
  }
  TRY_ASSIGN(plan.filter,
             make_seccomp_filter({.allows_namespaces = command.runs_browser && plan.is_wrapped,
                                  .allows_memory_reading =
                                      command.runs_browser &&
                                      (plan.is_wrapped || plan.drops_user || plan.landlock_abi > 0)}));
  return plan;
}

int count_processes_of(unsigned uid) {
  int count = 0;
  std::error_code failed;
  // Processes end while they are counted: no iteration may throw.
  for (fs::directory_iterator entry("/proc", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    struct stat facts {};
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (::stat(entry->path().c_str(), &facts) != 0 || facts.st_uid != uid) continue;
    std::error_code gone;
    for (fs::directory_iterator thread(entry->path() / "task", gone); !gone && thread != end;
         thread.increment(gone)) {
      ++count;
    }
  }
  return count;
}

}  // namespace understudy::jobs
