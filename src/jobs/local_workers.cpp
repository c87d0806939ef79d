#include "jobs/local_workers.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string_view>

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

namespace understudy::jobs {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr auto kStopPatience = std::chrono::seconds(5);
constexpr auto kPauseMin = std::chrono::milliseconds(100);
constexpr auto kPauseMax = std::chrono::milliseconds(10'000);
constexpr auto kHealthyAfter = std::chrono::seconds(10);

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

// All processes are started by the one thread that watches them: PR_SET_PDEATHSIG is tied to the
// thread that forked.
class LocalWorkers::Supervisor {
 public:
  explicit Supervisor(LocalWorkersConfig config) : config_(std::move(config)) {
    if (config_.program.empty()) config_.program = "/proc/self/exe";
    if (config_.count > 0) workers_.push_back({.lanes = {"speech"}});
    for (int i = 0; i < config_.count; ++i) workers_.push_back({.lanes = {"standard", "speech"}});
    thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  }

  int running() const { return running_; }
  int restarts() const { return restarts_; }

 private:
  struct OneWorker {
    std::vector<std::string> lanes;
    pid_t pid = 0;
    SteadyClock::time_point started_at = {};
    SteadyClock::time_point start_after = {};
    std::chrono::milliseconds pause = kPauseMin;
  };

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (auto& worker : workers_) {
        if (worker.pid > 0) reap(worker);
        if (worker.pid == 0 && SteadyClock::now() >= worker.start_after) start(worker);
      }
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      never.wait_for(lock, stop, kPoll, [] { return false; });
    }
    end_all();
  }

  void start(OneWorker& worker) {
    std::vector<std::string> arguments{config_.program.string(),
                                       "worker",
                                       "--server",
                                       config_.server_url,
                                       "--token-file",
                                       config_.token_file.string(),
                                       "--work",
                                       config_.work_folder.string()};
    for (const auto& lane : worker.lanes) arguments.insert(arguments.end(), {"--lane", lane});
    arguments.insert(arguments.end(), config_.further_arguments.begin(),
                     config_.further_arguments.end());
    const auto argv = pointers_to(arguments);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {  // system calls only: other threads' locks may be held
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(127);
      ::setpgid(0, 0);  // Ctrl-C is for the server, which then ends its workers
      sigset_t none;
      ::sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
      ::execve(argv[0], argv.data(), environ);
      ::_exit(127);
    }
    if (child < 0) {
      log::error("a worker could not be started");
      worker.start_after = SteadyClock::now() + kPauseMax;
      return;
    }
    worker.pid = child;
    worker.started_at = SteadyClock::now();
    ++running_;
  }

  void reap(OneWorker& worker) {
    int status = 0;
    if (::waitpid(worker.pid, &status, WNOHANG) != worker.pid) return;
    --running_;
    ++restarts_;
    const auto now = SteadyClock::now();
    worker.pause =
        now - worker.started_at > kHealthyAfter ? kPauseMin : std::min(worker.pause * 2, kPauseMax);
    worker.pid = 0;
    worker.start_after = now + worker.pause;
    log::warn("a worker ended ({} {}), starting it again in {} ms",
              WIFSIGNALED(status) ? "signal" : "exit code",
              WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), worker.pause.count());
  }

  void end_all() {
    const auto until = SteadyClock::now() + kStopPatience;
    for (const auto& worker : workers_) {
      if (worker.pid > 0) ::kill(worker.pid, SIGTERM);
    }
    for (auto& worker : workers_) {
      while (worker.pid > 0) {
        int status = 0;
        if (::waitpid(worker.pid, &status, WNOHANG) != 0) {
          worker.pid = 0;
          --running_;
          break;
        }
        if (SteadyClock::now() >= until) ::kill(worker.pid, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }

  LocalWorkersConfig config_;
  std::vector<OneWorker> workers_;
  std::atomic<int> running_{0};
  std::atomic<int> restarts_{0};
  std::jthread thread_;  // last: it uses all of the above
};

LocalWorkers::LocalWorkers(LocalWorkersConfig config)
    : supervisor_(std::make_unique<Supervisor>(std::move(config))) {}
LocalWorkers::~LocalWorkers() = default;

int LocalWorkers::running() const { return supervisor_->running(); }
int LocalWorkers::restarts() const { return supervisor_->restarts(); }

int default_worker_count() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace understudy::jobs
