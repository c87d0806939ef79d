#include "cli/worker_command.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "browser/browser_process.h"
#include "jobs/worker.h"
#include "products/hyperframes/browser_limits.h"

namespace understudy::cli {

int run_worker(const WorkerOptions& options) {
  jobs::WorkerConfig config;
  config.server_url = options.server;
  const auto token = read_file(options.token_file, 4096);
  if (!token) {
    fmt::print(
        stderr,
        "understudy: the token file {} cannot be read; copy it from the server's DIR/worker.token.\n",
        options.token_file.string());
    return 2;
  }
  config.token = trimmed(*token);
  config.sandbox.work_folder = options.work_folder;
  config.sandbox.mode =
      jobs::sandbox_mode_from(options.sandbox).value_or(jobs::SandboxMode::required);
  // Renders see the files they are told of, and nothing else beside the system's.
  std::vector<std::string> environment;
  const auto lend = [&](const char* name, const std::filesystem::path& file) {
    if (file.empty()) return;
    config.sandbox.readable.push_back(file);
    environment.push_back(std::string(name) + "=" + file.string());
  };
  lend("UNDERSTUDY_FACE_YUNET", options.face_yunet);
  lend("UNDERSTUDY_FACE_LANDMARKS", options.face_landmarks);
  if (!options.lanes.empty()) {
    config.lanes.clear();
    for (const auto& name : options.lanes) {
      const auto lane = jobs::lane_from(name);
      if (!lane) {
        fmt::print(stderr, "understudy: there is no lane {}; use standard or speech.\n", name);
        return 2;
      }
      config.lanes.push_back(*lane);
    }
  }
  std::error_code failed;
  const auto libraries = std::filesystem::canonical(options.libraries, failed);
  if (!failed && !libraries.empty()) config.sandbox.readable.push_back(libraries);
  config.run.shape = [libraries, environment](const jobs::Job& job,
                                              jobs::SandboxedCommand& command) {
    command.environment.insert(command.environment.end(), environment.begin(), environment.end());
    if (job.kind == "hyperframes") hyperframes::allow_browser(command, libraries);
  };
  if (options.warm_browsers > 0 && !browser::find_browser().empty()) {
    config.ahead.kind = "hyperframes";
  }
  return jobs::worker_main(config);
}

}  // namespace understudy::cli
