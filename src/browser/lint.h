// Lint: what is wrong, or likely to be, with a HyperFrames project, found without rendering it. The
// rules have the names that the hyperframes package gives them, so that authors find their
// explanations. Reads text only: it may miss what a script computes. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "browser/composition.h"

namespace understudy::browser {

enum class LintSeverity { error, warning };

struct LintFinding {
  std::string rule;  // "missing_timeline_registry"
  LintSeverity severity = LintSeverity::error;
  std::string file;
  int line = 0;  // 0: of the whole file
  std::string message;
};

// The entry and every sub-composition that it leads to, in that order.
// Errors: hyperframes_project_invalid (the entry is missing or no HTML).
Result<std::vector<LintFinding>> lint(const ProjectReader& project, const std::string& entry);

}  // namespace understudy::browser
