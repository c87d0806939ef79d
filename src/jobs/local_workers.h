// LocalWorkers: the worker processes that `serve` starts on its own machine: `count` for long work,
// which also help with speech, and one for speech alone. A worker that ends is started again, later
// each time that it ends early. They die with this process, however it dies.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace understudy::jobs {

struct LocalWorkersConfig {
  std::filesystem::path program = {};  // empty: this executable
  std::string server_url = {};
  std::filesystem::path token_file = {};
  std::filesystem::path work_folder = {};
  int count = 1;  // 0: none at all, not even for speech
  std::vector<std::string> further_arguments = {};
};

class LocalWorkers {
 public:
  // Starts: PROGRAM worker --server URL --token-file FILE --work DIR --lane speech ...
  explicit LocalWorkers(LocalWorkersConfig config);
  // SIGTERM to all; SIGKILL to those that are still there after some seconds.
  ~LocalWorkers();
  LocalWorkers(const LocalWorkers&) = delete;
  LocalWorkers& operator=(const LocalWorkers&) = delete;

  int running() const;
  int restarts() const;

 private:
  class Supervisor;
  std::unique_ptr<Supervisor> supervisor_;
};

// One per core of this machine.
int default_worker_count();

}  // namespace understudy::jobs
