// What the lint rules share: one file of a project, read, and where findings go. Inside of lint
// only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "browser/html_document.h"
#include "browser/lint.h"

namespace understudy::browser::rules {

struct File {
  const ProjectReader& project;
  std::string path;
  bool is_entry = false;
  mutable HtmlDocument document;  // visiting takes one that may be changed
  HtmlNode* root = nullptr;
  std::string scripts;     // inline ones, without comments
  std::string executable;  // and without strings
  bool links_gsap = false;
  bool has_css_animation = false;
  std::map<std::string, int> composition_ids;  // and how many elements have them
  std::map<std::string, int> media_ids;
};

class Report {
 public:
  explicit Report(std::string file, std::vector<LintFinding>& findings)
      : file_(std::move(file)), findings_(findings) {}

  void error(std::string_view rule, int line, std::string message) {
    add(LintSeverity::error, rule, line, std::move(message));
  }
  void warning(std::string_view rule, int line, std::string message) {
    add(LintSeverity::warning, rule, line, std::move(message));
  }

 private:
  void add(LintSeverity severity, std::string_view rule, int line, std::string message) {
    constexpr std::size_t kFindingsMax = 500;
    if (findings_.size() >= kFindingsMax) return;
    findings_.push_back({std::string(rule), severity, file_, line, std::move(message)});
  }

  std::string file_;
  std::vector<LintFinding>& findings_;
};

bool is_media(const HtmlNode& node);
std::string label_of(const HtmlNode& node);
std::string source_of(const HtmlNode& node);
// The file of the project that an address in `file` means; empty when it has none.
std::string file_of(const File& file, std::string_view address);

void check_structure(const File& file, Report& report);  // root, ids, hosts, variables, timing
void check_media(const File& file, Report& report);      // media and assets
void check_scripts(const File& file, Report& report);

// --- Text of scripts, see lint_scripts.cpp.

// A script without its comments; with `drops_strings` also without what stands in quotes.
std::string stripped(std::string_view script, bool drops_strings);
// A whole word, followed by `after` when that is not 0, spaces aside.
bool has_word(std::string_view text, std::string_view word, char after = '\0');

}  // namespace understudy::browser::rules
