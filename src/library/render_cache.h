// RenderCache: files that are made when somebody first asks for them, and kept. One thread of its
// own makes them one after the other; whoever asks waits, and when too many wait the next is told
// to come back, so that no rush for the library keeps the server's threads. Any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"

namespace understudy::library {

class RenderCache {
 public:
  using Make = std::function<Result<void>(const std::filesystem::path&)>;

  // The folder is made when needed. It is a cache: emptying it does no harm.
  explicit RenderCache(std::filesystem::path folder, int waiting_max = 8);
  ~RenderCache();  // waits for the file being made
  RenderCache(const RenderCache&) = delete;
  RenderCache& operator=(const RenderCache&) = delete;

  // The file `name`, which names its content and version; `make` writes it when it is missing,
  // under a name with the same extension. Errors: those of `make`, service_unavailable with
  // Retry-After, storage_failed.
  Result<std::filesystem::path> file(const std::string& name, Make make);

 private:
  struct Task {
    std::string name;
    Make make;
    bool is_done = false;
    Result<void> outcome = {};
  };
  void run();
  Result<void> render(const Task& task) const;

  std::filesystem::path folder_;
  int waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Task>> queue_;  // the first is being made
  std::map<std::string, std::shared_ptr<Task>> by_name_;
  int waiting_ = 0;
  bool is_stopping_ = false;
  std::jthread thread_;
};

}  // namespace understudy::library
