#include "products/hyperframes/project_facts.h"

#include <algorithm>

#include "browser/composition.h"
#include "browser/lint.h"
#include "browser/project_archive.h"

namespace understudy::hyperframes {
namespace {

browser::ProjectReader reader_of(const std::vector<browser::ArchivedFile>& files) {
  const auto find = [&files](const std::string& path) {
    return std::find_if(files.begin(), files.end(),
                        [&](const auto& file) { return file.path == path; });
  };
  return {.read = [&files, find](const std::string& path) -> Result<std::string> {
            const auto file = find(path);
            if (file == files.end())
              return fail(ErrorCode::not_found, "'" + path + "' is missing.");
            return file->text;
          },
          .exists = [&files, find](const std::string& path) { return find(path) != files.end(); }};
}

// "index.html:12: A script uses ... [rule]"
json::array errors_in(const std::vector<browser::ArchivedFile>& files,
                      const std::string& composition) {
  constexpr std::size_t kMost = 50;
  json::array errors;
  const auto findings = browser::lint(reader_of(files), composition);
  if (!findings) return errors;
  for (const auto& finding : *findings) {
    if (finding.severity != browser::LintSeverity::error || errors.size() >= kMost) continue;
    const std::string line = finding.line > 0 ? ":" + std::to_string(finding.line) : "";
    errors.emplace_back(finding.file + line + ": " + finding.message + " [" + finding.rule + "]");
  }
  return errors;
}

}  // namespace

Result<json::object> inspect_project(const std::filesystem::path& archive,
                                     const std::string& composition) {
  TRY_ASSIGN(const auto files, browser::read_project_texts(archive));
  const auto entry = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.path == composition; });
  if (entry == files.end()) {
    const bool is_default = composition == "index.html";
    return fail(ErrorCode::hyperframes_project_invalid,
                "The project's archive has no '" + composition +
                    "' at its root: put the files themselves into the archive, not their folder.",
                is_default ? "project" : "composition");
  }
  auto facts = browser::root_facts(entry->text);
  if (!facts) {
    Error error = std::move(facts).error();
    error.message = "'" + composition + "': " + error.message;
    error.param = "project";
    return tl::make_unexpected(std::move(error));
  }
  return json::object{{"duration_s", facts->duration_s},
                      {"clips_end_s", facts->clips_end_s},
                      {"width", facts->width},
                      {"height", facts->height},
                      {"fps", facts->fps},
                      {"files", files.size()},
                      {"lint_errors", errors_in(files, composition)},
                      {"variables", browser::to_json(facts->variables)}};
}

}  // namespace understudy::hyperframes
