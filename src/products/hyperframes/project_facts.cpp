#include "products/hyperframes/project_facts.h"

#include <algorithm>

#include "browser/composition.h"
#include "browser/project_archive.h"

namespace understudy::hyperframes {

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
                      {"variables", browser::to_json(facts->variables)}};
}

}  // namespace understudy::hyperframes
