#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "browser/lint_rules.h"

namespace understudy::browser::rules {
namespace {

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
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

// The keys of window.__timelines["key"] = ...
std::set<std::string> registered_ids(std::string_view script) {
  std::set<std::string> ids;
  for (auto at = find_word(script, "__timelines"); at != std::string_view::npos;
       at = find_word(script, "__timelines", '\0', at + 1)) {
    const auto rest = script.substr(at + 11);
    if (rest.starts_with('[') && rest.size() > 2 && (rest[1] == '"' || rest[1] == '\'')) {
      const auto end = rest.find(rest[1], 2);
      if (end == std::string_view::npos) continue;
      auto behind = trimmed(rest.substr(end + 1));
      if (!behind.starts_with(']')) continue;
      behind = trimmed(behind.substr(1));
      if (behind.starts_with('=') && !behind.starts_with("==")) {
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

// The line of a place in a file's scripts, whose lines are the file's.
int line_at(std::string_view text, std::size_t place) {
  const auto before = text.substr(0, place);
  return static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
}

void check_determinism(const File& file, Report& report) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRandom = {{
      {"Math.random", "a fixed list of numbers"},
      {"Date.now", "the timeline"},
      {"performance.now", "the timeline"},
      {"crypto.getRandomValues", "a fixed list of numbers"},
      {"gsap.utils.random", "a fixed list of numbers"},
  }};
  const std::string& code = file.executable;
  const auto complain = [&](std::string_view word, std::string_view instead, std::size_t at) {
    if (at == std::string::npos) return;
    report.error("non_deterministic_code", line_at(code, at),
                 fmt::format("A script uses {}, which differs from render to render: use {}.", word,
                             instead));
  };
  for (const auto& [word, instead] : kRandom) complain(word, instead, find_word(code, word, '('));
  complain("new Date()", "a fixed date", code.find("new Date()"));
  const auto frames = find_word(code, "requestAnimationFrame", '(');
  if (frames != std::string::npos) {
    report.error("requestanimationframe_in_composition", line_at(code, frames),
                 "A script uses requestAnimationFrame: drive it by the timeline.");
  }
}

void check_media_calls(const File& file, Report& report) {
  for (const std::string call : {".play(", ".pause(", ".currentTime"}) {
    for (const auto& [id, count] : file.media_ids) {
      for (const std::string_view form : {"getElementById(\"{}\")", "getElementById('{}')",
                                          "querySelector(\"#{}\")", "querySelector('#{}')"}) {
        const auto at = file.scripts.find(fmt::format(fmt::runtime(form), id) + call);
        if (at == std::string::npos) continue;
        report.error("imperative_media_control", line_at(file.scripts, at),
                     "A script uses " + call.substr(1, call.size() - (call.back() == '(' ? 2 : 1)) +
                         " of #" + id + ": media follow their data attributes.");
      }
    }
  }
}

void check_selectors(const File& file, Report& report) {
  const std::string& code = file.scripts;
  for (const std::string_view call : {"querySelector", "querySelectorAll"}) {
    for (auto at = find_word(code, call, '('); at != std::string::npos;
         at = find_word(code, call, '(', at + 1)) {
      const auto quote = code.find_first_not_of(" \n", code.find('(', at) + 1);
      if (quote == std::string::npos || code[quote] != '`') continue;
      const auto end = code.find('`', quote + 1);
      if (code.substr(quote, end - quote).find("${") == std::string::npos) continue;
      report.error("template_literal_selector", line_at(code, at),
                   std::string(call) + " gets a template literal: write the selector out.");
    }
  }
}

void check_timelines(const File& file, Report& report) {
  const bool uses_gsap = has_word(file.executable, "gsap");
  if (uses_gsap && !file.links_gsap) {
    report.error("missing_gsap_script", 0, "A script uses gsap, and no <script src> loads it.");
  }
  const bool makes_timeline = file.executable.find("gsap.timeline") != std::string::npos;
  const bool registers = has_word(file.executable, "__timelines");
  if (makes_timeline && !registers) {
    report.error("gsap_timeline_not_registered", 0,
                 "A timeline is made and not registered in window.__timelines.");
  }
  if (file.root != nullptr && uses_gsap && !makes_timeline && !registers &&
      !file.root->has("data-no-timeline")) {
    report.error("missing_timeline_registry", 0, "Nothing is registered in window.__timelines.");
  }
  const auto ids = registered_ids(file.scripts);
  for (const auto& id : ids) {
    if (!file.composition_ids.contains(id)) {
      report.error("timeline_id_mismatch", 0,
                   "A timeline is registered as \"" + id +
                       "\", and no element has that data-composition-id.");
    }
  }
  const auto has = [&](std::string_view text) {
    return file.scripts.find(text) != std::string::npos;
  };
  // In two parts: the compiler takes them for a trigraph otherwise.
  const bool initialises = has("window.__timelines =") || has("window.__timelines=") ||
                           has("__timelines ||=") ||
                           has("__timelines ?"
                               "?=");
  if (!ids.empty() && !initialises) {
    report.warning(
        "timeline_registry_missing_init", 0,
        "window.__timelines is used before window.__timelines = window.__timelines || {}.");
  }
  for (const std::string_view endless : {"repeat: -1", "repeat:-1"}) {
    const auto at = file.executable.find(endless);
    if (at == std::string::npos) continue;
    const std::string text =
        "A tween repeats without end (repeat: -1): give it a number of repeats.";
    const int line = line_at(file.executable, at);
    const bool is_bounded = file.root != nullptr && file.root->has("data-duration");
    if (is_bounded) {
      report.warning("gsap_infinite_repeat", line, text);
    } else {
      report.error("gsap_infinite_repeat", line, text);
    }
  }
  const auto waits = file.scripts.find("fonts.ready");
  const auto registration = find_word(file.scripts, "__timelines", '[');
  if (waits != std::string::npos && registration != std::string::npos && registration < waits &&
      file.scripts.find("gsap.timeline", waits) == std::string::npos && makes_timeline &&
      file.scripts.find(".then", waits) != std::string::npos) {
    report.error(
        "gsap_timeline_registered_before_async_build", 0,
        "A timeline is registered before document.fonts.ready has built it: register it there.");
  }
}

}  // namespace

// Source: ECMAScript's lexical grammar, without regular expressions, which such a search may take
// for divisions. Lines stay where they are.
std::string stripped(std::string_view script, bool drops_strings) {
  std::string out;
  const auto keep_lines = [&](std::string_view text) {
    out.append(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), '\n');
  };
  for (std::size_t i = 0; i < script.size();) {
    const char c = script[i];
    if (script.substr(i, 2) == "//") {
      i = std::min(script.find('\n', i), script.size());
    } else if (script.substr(i, 2) == "/*") {
      const auto end = script.find("*/", i + 2);
      const auto next = end == std::string_view::npos ? script.size() : end + 2;
      keep_lines(script.substr(i, next - i));
      i = next;
    } else if (c == '"' || c == '\'' || c == '`') {
      std::size_t end = i + 1;
      while (end < script.size() && script[end] != c) end += script[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, script.size());
      if (drops_strings) {
        out += c;
        keep_lines(script.substr(i, end - i));
        out += c;
      } else {
        out += script.substr(i, end - i);
      }
      i = end;
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

bool has_word(std::string_view text, std::string_view word, char after) {
  return find_word(text, word, after) != std::string_view::npos;
}

void check_scripts(const File& file, Report& report) {
  check_determinism(file, report);
  check_media_calls(file, report);
  check_selectors(file, report);
  check_timelines(file, report);
}

}  // namespace understudy::browser::rules
