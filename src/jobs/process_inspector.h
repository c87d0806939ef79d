// ProcessInspector: looks at an uploaded file in a sandboxed process, `understudy inspect FILE`, so
// that hostile media cannot reach the server's own process. Any thread.
//
// The program prints one JSON object: its facts, or {"error": {"code", "message"}}.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "jobs/sandbox.h"

namespace understudy::jobs {

class ProcessInspector {
 public:
  struct Config {
    std::filesystem::path work_folder;  // exists
    int parallel_max = 4;
    std::chrono::milliseconds time_max = std::chrono::seconds(30);  // waiting for the machine too
    SandboxLimits limits = {.address_space = 1LL << 30,
                            .data_size = 0,
                            .cpu_s = 10,
                            .file_size = 16LL << 20,
                            .process_count = 64,
                            .tmp_size = 16LL << 20};
    std::string command = "inspect";
  };
  // The sandbox outlives the inspector.
  ProcessInspector(const Sandbox& sandbox, Config config);

  // `arguments` follow the file's name. Errors: what the program says; media_unreadable (it died of
  // the file or of its limits), service_unavailable, storage_failed.
  Result<json::object> inspect(const std::filesystem::path& file,
                               const std::vector<std::string>& arguments = {}) const;

 private:
  class Turn;

  const Sandbox& sandbox_;
  Config config_;
  mutable std::mutex mutex_;
  mutable std::condition_variable turn_is_over_;
  mutable int running_ = 0;
  mutable std::mutex linked_;  // one at a time changes the rights of a linked file
};

}  // namespace understudy::jobs
