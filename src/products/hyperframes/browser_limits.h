// What a render with a browser may use, which is more than other renders may.
#pragma once

#include <filesystem>

#include "jobs/sandbox.h"

namespace understudy::hyperframes {

// Chromium reserves far more addresses than it uses, so its heap is limited in place of its address
// space; it counts its own tree's memory (browser/browser_process.h). `libraries` may be empty.
void allow_browser(jobs::SandboxedCommand& command, const std::filesystem::path& libraries);

}  // namespace understudy::hyperframes
