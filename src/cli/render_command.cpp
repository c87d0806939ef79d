#include "cli/render_command.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "jobs/render_protocol.h"
#include "media/inspect.h"
#include "products/brand_kits/site_brand.h"
#include "products/hyperframes/project_facts.h"
#include "server/render_steps.h"

namespace understudy::cli {

int run_render(const std::filesystem::path& job_folder, const std::string& ahead_kind) {
  if (!ahead_kind.empty()) {
    return jobs::run_render_ahead(job_folder, ahead_kind, server::prepare_steps(),
                                  jobs::standard_link());
  }
  return jobs::run_render(job_folder, server::render_steps(), jobs::standard_link());
}

namespace {

int print_error(const Error& error) {
  fmt::print("{}\n", to_text(json::object{{"error", json::object{{"code", to_string(error.code)},
                                                                 {"message", error.message},
                                                                 {"param", error.param}}}}));
  return 1;
}

Result<json::object> read_site(const std::filesystem::path& file) {
  constexpr std::size_t kSiteMax = 64u << 20;  // a page and its style sheets
  TRY_ASSIGN(const std::string text, read_file(file, kSiteMax));
  TRY_ASSIGN(const json::value site, parse_json(text, 8));
  if (!site.is_object()) return fail(ErrorCode::invalid_parameter, "The file holds no site.");
  return brand_kits::to_json(brand_kits::brand_of(site.get_object()));
}

}  // namespace

int run_inspect(const std::filesystem::path& file) {
  const auto info = media::inspect_file(file);
  if (!info) return print_error(info.error());
  fmt::print("{}\n", to_text(media::to_json(*info)));
  return 0;
}

int run_inspect_project(const std::filesystem::path& file, const std::string& composition) {
  const auto facts = hyperframes::inspect_project(file, composition);
  if (!facts) return print_error(facts.error());
  fmt::print("{}\n", to_text(*facts));
  return 0;
}

int run_read_site(const std::filesystem::path& file) {
  const auto brand = read_site(file);
  if (!brand) return print_error(brand.error());
  fmt::print("{}\n", to_text(*brand));
  return 0;
}

}  // namespace understudy::cli
