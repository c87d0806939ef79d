// What a project's archive says of itself before it is rendered. Runs in a sandboxed process,
// `understudy inspect-project`; its bytes are hostile.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace understudy::hyperframes {

// {"duration_s", "clips_end_s", "width", "height", "fps", "files", "variables"} of the composition;
// 0 where it does not say. "lint_errors": sentences, 50 at most. Errors:
// hyperframes_project_invalid, param project or composition.
Result<json::object> inspect_project(const std::filesystem::path& archive,
                                     const std::string& composition);

}  // namespace understudy::hyperframes
