#include "browser/lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "browser/html_document.h"

namespace understudy::browser {
namespace {

constexpr std::size_t kFindingsMax = 500;
constexpr std::size_t kFilesMax = 200;

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

// A script without its comments; with `drops_strings` also without what stands in quotes, so that
// only what is executed is searched. Source: ECMAScript's lexical grammar, without regular
// expressions, which such a search may take for divisions.
std::string stripped(std::string_view script, bool drops_strings) {
  std::string out;
  for (std::size_t i = 0; i < script.size();) {
    const char c = script[i];
    if (script.substr(i, 2) == "//") {
      const auto end = script.find('\n', i);
      i = end == std::string_view::npos ? script.size() : end;
    } else if (script.substr(i, 2) == "/*") {
      const auto end = script.find("*/", i + 2);
      i = end == std::string_view::npos ? script.size() : end + 2;
    } else if (c == '"' || c == '\'' || c == '`') {
      std::size_t end = i + 1;
      while (end < script.size() && script[end] != c) end += script[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, script.size());
      out += drops_strings ? std::string(2, c) : std::string(script.substr(i, end - i));
      i = end;
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

// A whole word, followed by `after` when that is not empty, spaces aside.
std::size_t find_word(std::string_view text, std::string_view word, char after = '\0',
                      std::size_t from = 0) {
  for (auto at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    if (at > 0 && is_name_part(text[at - 1]) && is_name_part(word.front())) continue;
    auto end = at + word.size();
    if (end < text.size() && is_name_part(text[end]) && is_name_part(word.back())) continue;
    if (after == '\0') return at;
    end = text.find_first_not_of(" \t\r\n", end);
    if (end != std::string_view::npos && text[end] == after) return at;
  }
  return std::string_view::npos;
}

bool has_word(std::string_view text, std::string_view word, char after = '\0') {
  return find_word(text, word, after) != std::string_view::npos;
}

// The keys of window.__timelines["key"] = ...
std::set<std::string> registered_ids(std::string_view script) {
  std::set<std::string> ids;
  for (auto at = find_word(script, "__timelines"); at != std::string_view::npos;
       at = find_word(script, "__timelines", '\0', at + 1)) {
    const auto rest = script.substr(at + 11);
    if (rest.starts_with('[') && rest.size() > 2 && (rest[1] == '"' || rest[1] == '\'')) {
      const auto end = rest.find(rest[1], 2);
      if (end == std::string_view::npos) continue;
      const auto behind = trimmed(rest.substr(end + 1)).substr(0, 4);
      const auto equals = behind.find('=');
      if (behind.starts_with(']') && equals != std::string_view::npos) {
        ids.emplace(rest.substr(2, end - 2));
      }
    } else if (rest.starts_with('.')) {
      std::size_t end = 1;
      while (end < rest.size() && is_name_part(rest[end])) ++end;
      const auto behind = trimmed(rest.substr(end));
      if (end > 1 && behind.starts_with('=') && !behind.starts_with("==")) {
        ids.emplace(rest.substr(1, end - 1));
      }
    }
  }
  return ids;
}

bool is_media(const HtmlNode& node) { return node.is("video") || node.is("audio"); }

std::string label_of(const HtmlNode& node) {
  const auto id = node.attribute_or("id");
  return id.empty() ? "<" + node.name + ">" : "<" + node.name + " id=\"" + id + "\">";
}

std::string source_of(const HtmlNode& node) {
  if (const auto* source = node.attribute("src")) return *source;
  for (const auto& child : node.children) {
    if (child->is("source") && child->has("src")) return *child->attribute("src");
  }
  return {};
}

class Linter {
 public:
  explicit Linter(const ProjectReader& project) : project_(project) {}

  Result<void> file(const std::string& path, bool is_entry);
  std::vector<LintFinding> take() { return std::move(findings_); }

 private:
  void report(LintSeverity severity, std::string_view rule, int line, std::string message) {
    if (findings_.size() < kFindingsMax) {
      findings_.push_back({std::string(rule), severity, file_, line, std::move(message)});
    }
  }
  void error(std::string_view rule, int line, std::string message) {
    report(LintSeverity::error, rule, line, std::move(message));
  }
  void collect(HtmlDocument& document);
  void check_root(HtmlDocument& document, bool is_entry);
  void check_media(const HtmlNode& node);
  void check_assets(const HtmlNode& node);
  void check_timing(const HtmlNode& node);
  void check_hosts(const HtmlNode& node);
  void check_declarations(const HtmlNode& node);
  void check_scripts();
  void check_timelines();

  const ProjectReader& project_;
  std::vector<LintFinding> findings_;
  std::set<std::string> seen_files_;
  std::vector<std::string> next_files_;
  // Of the file in hand.
  std::string file_;
  HtmlNode* root_ = nullptr;
  std::string scripts_;     // inline ones, without comments
  std::string executable_;  // and without strings
  bool links_gsap_ = false;
  bool has_scripts_ = false;
  bool has_css_animation_ = false;
  std::map<std::string, int> composition_ids_;
  std::map<std::string, int> media_ids_;
};

void Linter::collect(HtmlDocument& document) {
  scripts_.clear();
  links_gsap_ = has_scripts_ = has_css_animation_ = false;
  composition_ids_.clear();
  media_ids_.clear();
  visit(document.html(), [&](HtmlNode& node) {
    if (node.is("script")) {
      has_scripts_ = true;
      const auto source = lower_case(node.attribute_or("src"));
      links_gsap_ = links_gsap_ || source.find("gsap") != std::string::npos;
      scripts_ += stripped(node.text_content(), false) + "\n;\n";
    }
    if (node.is("style")) {
      const auto css = node.text_content();
      has_css_animation_ = has_css_animation_ || css.find("@keyframes") != std::string::npos;
    }
    if (const auto* id = node.attribute("data-composition-id")) ++composition_ids_[*id];
    if (is_media(node) && node.has("id")) ++media_ids_[*node.attribute("id")];
    return true;
  });
  executable_ = stripped(scripts_, true);
  // A library that was pasted in.
  links_gsap_ = links_gsap_ || scripts_.size() > 50'000;
}

void Linter::check_root(HtmlDocument& document, bool is_entry) {
  root_ = find_first(document.html(),
                     [](const HtmlNode& node) { return node.has("data-composition-id"); });
  if (root_ == nullptr) {
    return error("root_missing_composition_id", 0,
                 "No element has data-composition-id: give it to the composition's root.");
  }
  bool is_wrapped = false;
  for (const HtmlNode* above = root_->parent; above != nullptr; above = above->parent) {
    is_wrapped = is_wrapped || above->is("template");
  }
  if (is_entry && is_wrapped) {
    error("standalone_composition_wrapped_in_template", root_->line,
          "The entry's root lies in a <template>, which is for sub-compositions only.");
  }
  if (!root_->has("data-width") || !root_->has("data-height")) {
    error("root_missing_dimensions", root_->line,
          "The root has no data-width and data-height in pixels.");
  }
  const bool uses_timeline = has_word(executable_, "__timelines") || has_word(executable_, "__hf");
  if (is_entry && !root_->has("data-duration") && !uses_timeline && !has_css_animation_ &&
      executable_.find(".animate") == std::string::npos) {
    error("root_composition_missing_duration_source", root_->line,
          "Nothing tells the composition's length: give its root data-duration, or register a "
          "timeline.");
  }
  for (const auto& [id, count] : composition_ids_) {
    if (count > 1) {
      error("duplicate_composition_id", 0,
            fmt::format("{} elements have data-composition-id \"{}\".", count, id));
    }
  }
  for (const auto& [id, count] : media_ids_) {
    if (count > 1) {
      error("duplicate_media_id", 0,
            fmt::format("{} media elements have the id \"{}\".", count, id));
    }
  }
}

void Linter::check_media(const HtmlNode& node) {
  if (!is_media(node)) return;
  const std::string source = source_of(node);
  const bool is_timed = node.has("data-start");
  const auto label = label_of(node);
  if (is_timed && !node.has("id")) {
    error("media_missing_id", node.line, label + " has data-start and no id.");
  }
  if (is_timed && source.empty()) {
    error("media_missing_src", node.line, label + " has data-start and no src.");
  }
  if (!is_timed && !source.empty()) {
    error("media_missing_data_start", node.line,
          label + " has src and no data-start: its time is not defined.");
  }
  if (node.is("video") && is_timed && !node.has("muted") && !node.has("data-has-audio")) {
    error("video_missing_muted", node.line,
          label + " says neither muted nor data-has-audio: say whether its sound is heard.");
  }
  if (node.is("video") && node.has("muted") && node.attribute_or("data-has-audio") == "true") {
    error("video_muted_with_declared_audio", node.line,
          label + " is muted and says data-has-audio=\"true\".");
  }
  const auto lower = lower_case(source);
  if (lower.starts_with("data:")) {
    error("base64_media_prohibited", node.line,
          label + " holds its media as base64: put the file into the project.");
  }
  for (const std::string_view place : {"example.com", "placeholder", "your-video", "path/to/"}) {
    if (lower.find(place) != std::string::npos) {
      error("placeholder_media_url", node.line,
            label + " has a stand-in for an address: " + source);
      break;
    }
  }
  if (!node.is("video") || !is_timed) return;
  for (const HtmlNode* above = node.parent; above != nullptr; above = above->parent) {
    if (above != root_ && above->has("data-start") && !above->has("data-composition-id")) {
      error("video_nested_in_timed_element", node.line,
            label + " lies in " + label_of(*above) + ", which has a data-start of its own.");
      break;
    }
  }
}

void Linter::check_assets(const HtmlNode& node) {
  for (const char* key : {"src", "poster"}) {
    const auto* address = node.attribute(key);
    if (address == nullptr || node.is("iframe")) continue;
    const auto lower = lower_case(trimmed(*address));
    const auto colon = lower.find(':');
    if (lower.empty() || lower.starts_with("//") ||
        (colon != std::string::npos && colon < lower.find_first_of("/?#"))) {
      continue;  // another origin, or data
    }
    const auto near = project_path(file_, *address);
    const auto from_root = project_path("", *address);
    if (!near && !from_root) {
      error("invalid_parent_traversal_in_asset_path", node.line,
            "\"" + *address + "\" leads out of the project.");
      continue;
    }
    const auto is_there = [&](const std::optional<std::string>& path) {
      return path && project_.exists(path->substr(0, path->find_first_of("?#")));
    };
    if (is_there(near) || is_there(from_root)) continue;
    error(node.is("audio") ? "audio_src_not_found" : "missing_local_asset", node.line,
          "The project has no file \"" + *address + "\".");
  }
}

void Linter::check_timing(const HtmlNode& node) {
  if (node.has("data-end")) {
    report(LintSeverity::error, "deprecated_data_end", node.line,
           label_of(node) + " has data-end: write data-duration.");
  }
  if (node.has("data-layer")) {
    report(LintSeverity::error, "deprecated_data_layer", node.line,
           label_of(node) + " has data-layer: write data-track-index.");
  }
  if (node.has("data-start") && &node != root_ && !is_media(node) &&
      !node.has("data-composition-id") && !node.has("data-composition-src")) {
    const auto classes = " " + node.attribute_or("class") + " ";
    if (classes.find(" clip ") == std::string::npos) {
      report(LintSeverity::warning, "timed_element_missing_clip_class", node.line,
             label_of(node) + " has data-start and not the class clip.");
    }
  }
}

void Linter::check_hosts(const HtmlNode& node) {
  const auto* source = node.attribute("data-composition-src");
  if (source == nullptr) return;
  if (!node.has("data-composition-id")) {
    error("host_missing_composition_id", node.line,
          "The element that takes \"" + *source + "\" has no data-composition-id.");
  }
  const auto from_root = project_path("", *source);
  const auto near = project_path(file_, *source);
  std::string path;
  if (from_root && project_.exists(*from_root)) path = *from_root;
  if (path.empty() && near && project_.exists(*near)) path = *near;
  if (path.empty()) {
    return error("missing_or_empty_sub_composition", node.line,
                 "The project has no file \"" + *source + "\".");
  }
  const auto text = project_.read(path);
  if (!text || text->find("data-composition-id") == std::string::npos) {
    error("missing_or_empty_sub_composition", node.line,
          "\"" + *source + "\" has no element with data-composition-id.");
  }
  if (seen_files_.size() < kFilesMax && seen_files_.insert(path).second)
    next_files_.push_back(path);
}

void Linter::check_declarations(const HtmlNode& node) {
  if (const auto* values = node.attribute("data-variable-values")) {
    const auto parsed = parse_json(*values);
    if (!parsed || !parsed->is_object()) {
      error("invalid_variable_values_json", node.line, "data-variable-values is no JSON object.");
    }
  }
  const auto* declared = node.attribute("data-composition-variables");
  if (declared == nullptr) return;
  const auto parsed = parse_json(*declared);
  const auto* list = parsed ? parsed->if_array() : nullptr;
  if (list == nullptr) {
    return error("invalid_composition_variables_declaration", node.line,
                 "data-composition-variables is no JSON array.");
  }
  constexpr std::array<std::string_view, 7> kTypes = {"string", "number", "color", "boolean",
                                                      "enum",   "font",   "image"};
  for (const auto& entry : *list) {
    const auto* object = entry.if_object();
    const auto type = object == nullptr ? std::string() : string_or(*object, "type");
    if (object == nullptr || string_or(*object, "id").empty() ||
        std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
      error("invalid_composition_variables_declaration", node.line,
            "A declared variable needs an id and one of the types string, number, color, boolean, "
            "enum, font and image.");
    }
  }
}

void Linter::check_scripts() {
  const std::array<std::pair<std::string_view, std::string_view>, 6> kRandom = {{
      {"Math.random", "a fixed list of numbers"},
      {"Date.now", "the timeline"},
      {"new Date()", "a fixed date"},
      {"performance.now", "the timeline"},
      {"crypto.getRandomValues", "a fixed list of numbers"},
      {"gsap.utils.random", "a fixed list of numbers"},
  }};
  for (const auto& [word, instead] : kRandom) {
    const bool is_used = word == "new Date()" ? executable_.find("new Date()") != std::string::npos
                                              : has_word(executable_, word, '(');
    if (is_used) {
      error("non_deterministic_code", 0,
            fmt::format("A script uses {}, which differs from render to render: use {}.", word,
                        instead));
    }
  }
  if (has_word(executable_, "requestAnimationFrame", '(')) {
    error("requestanimationframe_in_composition", 0,
          "A script uses requestAnimationFrame: drive it by the timeline.");
  }
  for (const std::string_view call : {".play", ".pause"}) {
    for (const auto& [id, count] : media_ids_) {
      const bool names_it =
          scripts_.find("getElementById(\"" + id + "\")" + std::string(call)) !=
              std::string::npos ||
          scripts_.find("getElementById('" + id + "')" + std::string(call)) != std::string::npos ||
          scripts_.find("querySelector(\"#" + id + "\")" + std::string(call)) !=
              std::string::npos ||
          scripts_.find("querySelector('#" + id + "')" + std::string(call)) != std::string::npos;
      if (names_it) {
        error("imperative_media_control", 0,
              "A script calls " + std::string(call.substr(1)) + "() of #" + id +
                  ": media follow their data attributes.");
      }
    }
  }
  for (auto at = find_word(scripts_, "querySelector"); at != std::string::npos;
       at = find_word(scripts_, "querySelector", '\0', at + 1)) {
    const auto open = scripts_.find('(', at);
    const auto quote =
        open == std::string::npos ? std::string::npos : scripts_.find_first_not_of(" \n", open + 1);
    if (quote == std::string::npos || scripts_[quote] != '`') continue;
    const auto end = scripts_.find('`', quote + 1);
    if (scripts_.substr(quote, end - quote).find("${") != std::string::npos) {
      error("template_literal_selector", 0,
            "querySelector gets a template literal: write the selector out.");
      break;
    }
  }
}

void Linter::check_timelines() {
  const bool uses_gsap = has_word(executable_, "gsap");
  if (uses_gsap && !links_gsap_) {
    error("missing_gsap_script", 0, "A script uses gsap, and no <script src> loads it.");
  }
  const bool makes_timeline = executable_.find("gsap.timeline") != std::string::npos;
  const bool registers = has_word(executable_, "__timelines");
  if (makes_timeline && !registers) {
    error("gsap_timeline_not_registered", 0,
          "A timeline is made and not registered in window.__timelines.");
  }
  if (root_ != nullptr && uses_gsap && !makes_timeline && !registers &&
      !root_->has("data-no-timeline")) {
    error("missing_timeline_registry", 0, "Nothing is registered in window.__timelines.");
  }
  const auto ids = registered_ids(scripts_);
  for (const auto& id : ids) {
    if (!composition_ids_.contains(id)) {
      error("timeline_id_mismatch", 0,
            "A timeline is registered as \"" + id +
                "\", and no element has that data-composition-id.");
    }
  }
  const bool initialises = scripts_.find("window.__timelines =") != std::string::npos ||
                           scripts_.find("window.__timelines=") != std::string::npos ||
                           scripts_.find("__timelines ||=") != std::string::npos ||
                           scripts_.find(
                               "__timelines ?"
                               "?=") != std::string::npos;
  if (!ids.empty() && !initialises) {
    report(LintSeverity::warning, "timeline_registry_missing_init", 0,
           "window.__timelines is used before window.__timelines = window.__timelines || {}.");
  }
  if (executable_.find("repeat: -1") != std::string::npos ||
      executable_.find("repeat:-1") != std::string::npos) {
    const bool is_bounded = root_ != nullptr && root_->has("data-duration");
    report(is_bounded ? LintSeverity::warning : LintSeverity::error, "gsap_infinite_repeat", 0,
           "A tween repeats without end (repeat: -1): give it a number of repeats.");
  }
  const auto waits = scripts_.find("fonts.ready");
  const auto registration = find_word(scripts_, "__timelines", '[');
  if (waits != std::string::npos && registration != std::string::npos && registration < waits &&
      scripts_.find("gsap.timeline", waits) == std::string::npos && makes_timeline &&
      scripts_.find(".then", waits) != std::string::npos) {
    error("gsap_timeline_registered_before_async_build", 0,
          "A timeline is registered before document.fonts.ready has built it: register it there.");
  }
}

Result<void> Linter::file(const std::string& path, bool is_entry) {
  file_ = path;
  seen_files_.insert(path);
  TRY_ASSIGN(const auto text, project_.read(path));
  auto document = HtmlDocument::parse(text);
  if (!document) {
    error("invalid_html", 0, document.error().message);
    return {};
  }
  collect(*document);
  check_root(*document, is_entry);
  visit(document->html(), [&](HtmlNode& node) {
    check_media(node);
    check_assets(node);
    check_timing(node);
    check_hosts(node);
    check_declarations(node);
    return true;
  });
  check_scripts();
  check_timelines();
  while (!next_files_.empty()) {
    const std::string next = next_files_.back();
    next_files_.pop_back();
    TRY(file(next, false));
  }
  return {};
}

}  // namespace

Result<std::vector<LintFinding>> lint(const ProjectReader& project, const std::string& entry) {
  if (!project.exists(entry)) {
    return fail(ErrorCode::hyperframes_project_invalid, "The project has no file '" + entry + "'.",
                "project");
  }
  Linter linter(project);
  TRY(linter.file(entry, true));
  return linter.take();
}

}  // namespace understudy::browser
