#include "products/hyperframes/browser_limits.h"

#include "products/hyperframes/hyperframes_worker.h"

namespace understudy::hyperframes {

void allow_browser(jobs::SandboxedCommand& command, const std::filesystem::path& libraries) {
  command.runs_browser = true;
  command.limits.address_space = 0;
  command.limits.data_size = 4LL << 30;
  command.limits.cpu_s = 4 * 3'600;
  command.limits.process_count = 512;
  command.limits.tmp_size = 1LL << 30;
  if (!libraries.empty()) {
    command.environment.push_back(std::string(kLibrariesVariable) + "=" + libraries.string());
  }
}

}  // namespace understudy::hyperframes
