#include <array>

#include "base/text.h"
#include "browser/lint_rules.h"

namespace understudy::browser::rules {
namespace {

void check_element(const File& file, const HtmlNode& node, Report& report) {
  if (!is_media(node)) return;
  const std::string source = source_of(node);
  const bool is_timed = node.has("data-start");
  const auto label = label_of(node);
  if (is_timed && !node.has("id")) {
    report.error("media_missing_id", node.line, label + " has data-start and no id.");
  }
  if (is_timed && source.empty()) {
    report.error("media_missing_src", node.line, label + " has data-start and no src.");
  }
  if (!is_timed && !source.empty()) {
    report.error("media_missing_data_start", node.line,
                 label + " has src and no data-start: its time is not defined.");
  }
  if (node.is("video") && is_timed && !node.has("muted") && !node.has("data-has-audio")) {
    report.error("video_missing_muted", node.line,
                 label + " says neither muted nor data-has-audio: say whether its sound is heard.");
  }
  if (node.is("video") && node.has("muted") && node.attribute_or("data-has-audio") == "true") {
    report.error("video_muted_with_declared_audio", node.line,
                 label + " is muted and says data-has-audio=\"true\".");
  }
  const auto lower = lower_case(source);
  if (lower.starts_with("data:")) {
    report.error("base64_media_prohibited", node.line,
                 label + " holds its media as base64: put the file into the project.");
  }
  for (const std::string_view place : {"example.com", "placeholder", "your-video", "path/to/"}) {
    if (lower.find(place) != std::string::npos) {
      report.error("placeholder_media_url", node.line,
                   label + " has a stand-in for an address: " + source);
      break;
    }
  }
  if (!node.is("video") || !is_timed) return;
  for (const HtmlNode* above = node.parent; above != nullptr; above = above->parent) {
    if (above != file.root && above->has("data-start") && !above->has("data-composition-id")) {
      report.error("video_nested_in_timed_element", node.line,
                   label + " lies in " + label_of(*above) + ", which has a data-start of its own.");
      break;
    }
  }
}

void check_assets(const File& file, const HtmlNode& node, Report& report) {
  for (const char* key : {"src", "poster"}) {
    const auto* address = node.attribute(key);
    if (address == nullptr || node.is("iframe")) continue;
    const auto lower = lower_case(trimmed(*address));
    const auto colon = lower.find(':');
    if (lower.empty() || lower.starts_with("//") ||
        (colon != std::string::npos && colon < lower.find_first_of("/?#"))) {
      continue;  // another origin, or data
    }
    if (!project_path(file.path, *address) && !project_path("", *address)) {
      report.error("invalid_parent_traversal_in_asset_path", node.line,
                   "\"" + *address + "\" leads out of the project.");
      continue;
    }
    if (!file_of(file, *address).empty()) continue;
    report.error(node.is("audio") ? "audio_src_not_found" : "missing_local_asset", node.line,
                 "The project has no file \"" + *address + "\".");
  }
}

}  // namespace

void check_media(const File& file, Report& report) {
  visit(file.document.html(), [&](HtmlNode& node) {
    check_element(file, node, report);
    check_assets(file, node, report);
    return true;
  });
}

}  // namespace understudy::browser::rules
