#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "browser/lint_rules.h"

namespace understudy::browser::rules {
namespace {

void check_root(const File& file, Report& report) {
  if (file.root == nullptr) {
    return report.error("root_missing_composition_id", 0,
                        "No element has data-composition-id: give it to the composition's root.");
  }
  bool is_wrapped = false;
  for (const HtmlNode* above = file.root->parent; above != nullptr; above = above->parent) {
    is_wrapped = is_wrapped || above->is("template");
  }
  if (file.is_entry && is_wrapped) {
    report.error("standalone_composition_wrapped_in_template", file.root->line,
                 "The entry's root lies in a <template>, which is for sub-compositions only.");
  }
  if (!file.root->has("data-width") || !file.root->has("data-height")) {
    report.error("root_missing_dimensions", file.root->line,
                 "The root has no data-width and data-height in pixels.");
  }
  const bool uses_timeline =
      has_word(file.executable, "__timelines") || has_word(file.executable, "__hf");
  if (file.is_entry && !file.root->has("data-duration") && !uses_timeline &&
      !file.has_css_animation && file.executable.find(".animate") == std::string::npos) {
    report.error(
        "root_composition_missing_duration_source", file.root->line,
        "Nothing tells the composition's length: give its root data-duration, or register a "
        "timeline.");
  }
  for (const auto& [id, count] : file.composition_ids) {
    if (count > 1) {
      report.error("duplicate_composition_id", 0,
                   fmt::format("{} elements have data-composition-id \"{}\".", count, id));
    }
  }
  for (const auto& [id, count] : file.media_ids) {
    if (count > 1) {
      report.error("duplicate_media_id", 0,
                   fmt::format("{} media elements have the id \"{}\".", count, id));
    }
  }
}

void check_timing(const File& file, const HtmlNode& node, Report& report) {
  if (node.has("data-end")) {
    report.error("deprecated_data_end", node.line,
                 label_of(node) + " has data-end: write data-duration.");
  }
  if (node.has("data-layer")) {
    report.error("deprecated_data_layer", node.line,
                 label_of(node) + " has data-layer: write data-track-index.");
  }
  if (node.has("data-start") && &node != file.root && !is_media(node) &&
      !node.has("data-composition-id") && !node.has("data-composition-src")) {
    const auto classes = " " + node.attribute_or("class") + " ";
    if (classes.find(" clip ") == std::string::npos) {
      report.warning("timed_element_missing_clip_class", node.line,
                     label_of(node) + " has data-start and not the class clip.");
    }
  }
}

void check_hosts(const File& file, const HtmlNode& node, Report& report) {
  const auto* source = node.attribute("data-composition-src");
  if (source == nullptr) return;
  if (!node.has("data-composition-id")) {
    report.error("host_missing_composition_id", node.line,
                 "The element that takes \"" + *source + "\" has no data-composition-id.");
  }
  const std::string path = file_of(file, *source);
  if (path.empty()) {
    return report.error("missing_or_empty_sub_composition", node.line,
                        "The project has no file \"" + *source + "\".");
  }
  const auto text = file.project.read(path);
  if (!text || text->find("data-composition-id") == std::string::npos) {
    report.error("missing_or_empty_sub_composition", node.line,
                 "\"" + *source + "\" has no element with data-composition-id.");
  }
}

void check_declarations(const HtmlNode& node, Report& report) {
  if (const auto* values = node.attribute("data-variable-values")) {
    const auto parsed = parse_json(*values);
    if (!parsed || !parsed->is_object()) {
      report.error("invalid_variable_values_json", node.line,
                   "data-variable-values is no JSON object.");
    }
  }
  const auto* declared = node.attribute("data-composition-variables");
  if (declared == nullptr) return;
  const auto parsed = parse_json(*declared);
  const auto* list = parsed ? parsed->if_array() : nullptr;
  if (list == nullptr) {
    return report.error("invalid_composition_variables_declaration", node.line,
                        "data-composition-variables is no JSON array.");
  }
  constexpr std::array<std::string_view, 7> kTypes = {"string", "number", "color", "boolean",
                                                      "enum",   "font",   "image"};
  for (const auto& entry : *list) {
    const auto* object = entry.if_object();
    const auto type = object == nullptr ? std::string() : string_or(*object, "type");
    if (object == nullptr || string_or(*object, "id").empty() ||
        std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
      report.error(
          "invalid_composition_variables_declaration", node.line,
          "A declared variable needs an id and one of the types string, number, color, boolean, "
          "enum, font and image.");
    }
  }
}

struct Slot {
  const HtmlNode* node = nullptr;
  std::string track;
  double start = 0;
  double end = 0;
};

std::optional<double> plain_number(const HtmlNode& node, std::string_view key) {
  const auto* text = node.attribute(key);
  double value = 0;
  if (text == nullptr) return std::nullopt;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == text->data() + text->size();
  return is_number ? std::optional<double>(value) : std::nullopt;
}

// Clips of one parent that share a track are to follow one another. References and media of natural
// length are not worked out here.
void check_tracks(const File& file, Report& report) {
  std::map<const HtmlNode*, std::vector<Slot>> slots;
  visit(file.document.html(), [&](HtmlNode& node) {
    const auto start = plain_number(node, "data-start");
    const auto length = plain_number(node, "data-duration");
    if (&node == file.root || !start || !length || !node.has("data-track-index")) return true;
    slots[node.parent].push_back(
        {&node, node.attribute_or("data-track-index"), *start, *start + *length});
    return true;
  });
  for (auto& [parent, list] : slots) {
    std::sort(list.begin(), list.end(), [](const Slot& a, const Slot& b) {
      return std::tie(a.track, a.start) < std::tie(b.track, b.start);
    });
    for (std::size_t i = 1; i < list.size(); ++i) {
      const Slot& before = list[i - 1];
      const Slot& slot = list[i];
      if (before.track != slot.track || slot.start > before.end - 1e-6) continue;
      report.warning(
          is_media(*slot.node) ? "duplicate_audio_track" : "overlapping_clips_same_track",
          slot.node->line,
          fmt::format("{} begins at {} s on track {}, where {} lasts until {} s.",
                      label_of(*slot.node), slot.start, slot.track, label_of(*before.node),
                      before.end));
    }
  }
}

}  // namespace

void check_structure(const File& file, Report& report) {
  check_root(file, report);
  visit(file.document.html(), [&](HtmlNode& node) {
    check_timing(file, node, report);
    check_hosts(file, node, report);
    check_declarations(node, report);
    return true;
  });
  check_tracks(file, report);
}

}  // namespace understudy::browser::rules
