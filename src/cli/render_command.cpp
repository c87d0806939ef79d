#include "cli/render_command.h"

#include <fmt/format.h>

#include "base/json.h"
#include "jobs/render_protocol.h"
#include "media/inspect.h"
#include "server/render_steps.h"

namespace understudy::cli {

int run_render(const std::filesystem::path& job_folder) {
  return jobs::run_render(job_folder, server::render_steps(), jobs::standard_link());
}

int run_inspect(const std::filesystem::path& file) {
  const auto info = media::inspect_file(file);
  if (info) {
    fmt::print("{}\n", to_text(media::to_json(*info)));
    return 0;
  }
  fmt::print("{}\n",
             to_text(json::object{{"error", json::object{{"code", to_string(info.error().code)},
                                                         {"message", info.error().message}}}}));
  return 1;
}

}  // namespace understudy::cli
