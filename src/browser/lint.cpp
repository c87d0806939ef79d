#include "browser/lint.h"

#include <algorithm>

#include "base/text.h"
#include "browser/lint_rules.h"

namespace understudy::browser {
namespace rules {

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

std::string file_of(const File& file, std::string_view address) {
  for (const std::string_view base : {std::string_view(file.path), std::string_view()}) {
    const auto path = project_path(base, address);
    if (!path) continue;
    const std::string plain = path->substr(0, path->find_first_of("?#"));
    if (file.project.exists(plain)) return plain;
  }
  return {};
}

}  // namespace rules

namespace {

constexpr std::size_t kFilesMax = 200;

// Scripts of a page one after the other, each at its own line.
std::string scripts_of(HtmlDocument& document) {
  std::string scripts;
  visit(document.html(), [&](HtmlNode& node) {
    if (!node.is("script")) return true;
    const auto lines = std::count(scripts.begin(), scripts.end(), '\n') + 1;
    if (node.line > lines) scripts.append(static_cast<std::size_t>(node.line - lines), '\n');
    scripts += rules::stripped(node.text_content(), false) + " ; ";
    return true;
  });
  return scripts;
}

rules::File read(const ProjectReader& project, const std::string& path, bool is_entry,
                 HtmlDocument document) {
  rules::File file{.project = project,
                   .path = path,
                   .is_entry = is_entry,
                   .document = std::move(document),
                   .scripts = {},
                   .executable = {},
                   .composition_ids = {},
                   .media_ids = {}};
  file.root = find_first(file.document.html(),
                         [](const HtmlNode& node) { return node.has("data-composition-id"); });
  file.scripts = scripts_of(file.document);
  file.executable = rules::stripped(file.scripts, true);
  visit(file.document.html(), [&](HtmlNode& node) {
    if (node.is("script")) {
      const auto source = lower_case(node.attribute_or("src"));
      file.links_gsap = file.links_gsap || source.find("gsap") != std::string::npos;
    }
    if (node.is("style")) {
      const bool has_frames = node.text_content().find("@keyframes") != std::string::npos;
      file.has_css_animation = file.has_css_animation || has_frames;
    }
    if (const auto* id = node.attribute("data-composition-id")) ++file.composition_ids[*id];
    if (rules::is_media(node) && node.has("id")) ++file.media_ids[*node.attribute("id")];
    return true;
  });
  // A library that was pasted in.
  file.links_gsap = file.links_gsap || file.scripts.size() > 50'000;
  return file;
}

// Checks a file; appends those it takes compositions from to `paths`.
Result<void> check_file(const ProjectReader& project, std::vector<std::string>& paths,
                        std::size_t index, std::vector<LintFinding>& findings) {
  const std::string path = paths[index];
  TRY_ASSIGN(const auto text, project.read(path));
  rules::Report report(path, findings);
  auto document = HtmlDocument::parse(text);
  if (!document) {
    report.error("invalid_html", 0, document.error().message);
    return {};
  }
  const auto file = read(project, path, index == 0, *std::move(document));
  rules::check_structure(file, report);
  rules::check_media(file, report);
  rules::check_scripts(file, report);
  visit(file.document.html(), [&](const HtmlNode& node) {
    const auto* source = node.attribute("data-composition-src");
    const std::string next = source == nullptr ? "" : rules::file_of(file, *source);
    const bool is_new = std::find(paths.begin(), paths.end(), next) == paths.end();
    if (!next.empty() && is_new && paths.size() < kFilesMax) paths.push_back(next);
    return true;
  });
  return {};
}

}  // namespace

Result<std::vector<LintFinding>> lint(const ProjectReader& project, const std::string& entry) {
  if (!project.exists(entry)) {
    return fail(ErrorCode::hyperframes_project_invalid, "The project has no file '" + entry + "'.",
                "project");
  }
  std::vector<LintFinding> findings;
  std::vector<std::string> paths{entry};
  for (std::size_t i = 0; i < paths.size(); ++i) TRY(check_file(project, paths, i, findings));
  return findings;
}

}  // namespace understudy::browser
