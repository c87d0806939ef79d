#include "browser/composition.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "browser/composition_compiler.h"
#include "browser/composition_root.h"
#include "browser/composition_scripts.h"
#include "browser/composition_variables.h"
#include "browser/css_rewrite.h"
#include "browser/html_document.h"

namespace understudy::browser {
namespace {

constexpr std::string_view kFontFacesMark = "/*font-faces*/";

const HtmlNode* child_template(const HtmlNode& body) {
  for (const auto& child : body.children) {
    if (child->is("template")) return child.get();
  }
  return nullptr;
}

}  // namespace

Result<HtmlDocument> Compiler::load(const std::string& file) const {
  const auto inline_one = templates_.find(file);
  const auto text = inline_one != templates_.end() ? Result<std::string>(inline_one->second)
                                                   : project_.read(file);
  if (!text) return invalid("The project has no file '" + file + "'.");
  auto document = HtmlDocument::parse(*text);
  if (!document) return invalid("'" + file + "': " + document.error().message);
  return document;
}

// Files name others from their own place; compositions are also written as if they stood in the
// root, where they are previewed.
std::string Compiler::address_in(const std::string& file, const std::string& address) const {
  const auto near = project_path(file, address);
  if (!near) return address;
  const auto path_only = [](std::string_view text) {
    return std::string(text.substr(0, text.find_first_of("?#")));
  };
  if (project_.exists(path_only(*near))) return "/" + *near;
  const auto from_root = project_path("", address);
  if (from_root && project_.exists(path_only(*from_root))) return "/" + *from_root;
  return "/" + *near;
}

void Compiler::rewrite_addresses(HtmlNode& node, const std::string& file) {
  visit(node, [&](HtmlNode& element) {
    for (const char* key : {"src", "poster", "href", "xlink:href"}) {
      if (std::string_view(key) == "href" && element.is("a")) continue;
      if (const auto* address = element.attribute(key)) {
        element.set(key, address_in(file, *address));
      }
    }
    return true;
  });
}

void Compiler::rewrite_styles(HtmlNode& node, const CssRewrite& rewrite) {
  visit(node, [&](HtmlNode& element) {
    if (const auto* style = element.attribute("style")) {
      element.set("style", rewrite_declarations(*style, rewrite));
    }
    if (element.is("style")) {
      const std::string css = rewrite_css(element.text_content(), rewrite);
      element.children.clear();
      element.append(make_text(css));
    }
    return true;
  });
}

// The browser itself loads no media: pictures come from the renderer, sound is mixed outside.
void Compiler::prepare_media(HtmlNode& node) {
  visit(node, [&](HtmlNode& element) {
    if (!element.is("video") && !element.is("audio")) return true;
    element.set("preload", "none");
    element.remove("autoplay");
    element.remove("controls");
    if (!element.has("id")) {
      element.set("id", "hf-" + element.name + "-" + std::to_string(media_count_++));
    }
    return true;
  });
}

Result<CompiledComposition> Compiler::run() {
  TRY_ASSIGN(auto document, load(options_.entry));
  out_.entry = options_.entry;
  open_files_.push_back(options_.entry);
  HtmlNode* root = find_root(document.body());
  if (const auto* wrapped = child_template(document.body());
      wrapped != nullptr && (root == nullptr || root->parent == wrapped)) {
    // A sub-composition that is rendered by itself.
    TRY_ASSIGN(auto content, content_of(document, options_.entry));
    document.body().children.clear();
    while (!content->children.empty()) document.body().append(content->take(0));
    root = find_root(document.body());
  }
  if (root == nullptr) {
    visit(document.html(), [&](HtmlNode& node) {
      if (node.is("script") && node.text_content().find("__hf") != std::string::npos)
        root = &document.body();
      return root == nullptr;
    });
  }
  if (root == nullptr) {
    return invalid("'" + options_.entry +
                   "' has no element with data-composition-id: mark the composition's root.");
  }
  visit(document.html(), [&](HtmlNode& node) {
    if (node.has(kCompositionId)) ids_[*node.attribute(kCompositionId)] = 0;
    if (node.is("script") && node.has("src")) linked_scripts_.insert(*node.attribute("src"));
    return true;
  });
  const std::string root_id = root->attribute_or(kCompositionId);
  ids_[root_id] = 1;
  std::vector<Variable> declared;
  declare(document.html(), declared);
  if (root != &document.body()) declare(*root, declared);
  const auto complaints = check_variables(declared, options_.variables);
  for (const auto& complaint : complaints) {
    if (complaint.is_error && options_.is_strict) {
      return fail(ErrorCode::hyperframes_project_invalid, complaint.text, "variables");
    }
    warn(complaint.text);
  }
  json::object values = defaults_of(declared);
  merge(values, options_.variables);
  out_.root.id = root_id;
  out_.root.variables = declared;

  use_templates(document, root);
  rewrite_addresses(document.html(), options_.entry);
  TRY(inline_below(document.html(), options_.entry, 1));
  visit(document.html(), [&](HtmlNode& node) {
    const bool is_own = !node.has("data-understudy-scope") && node.line > 0;
    if (is_own && is_classic_script(node) && !node.has("src")) {
      const std::string text =
          at_line(node.text_content(), node.line) + source_name(options_.entry);
      node.children.clear();
      node.append(make_text(text));
    }
    return true;
  });
  for (auto& script : scripts_) {
    if (script != nullptr) document.body().append(std::move(script));
  }
  if (!root->has("data-start")) root->set("data-start", "0");
  bind_variables(*root, values);
  prepare_media(document.html());
  CssRewrite rewrite;
  rewrite.url = [&](const std::string& address) { return address_in(options_.entry, address); };
  rewrite.families = &out_.families;
  rewrite.shorthand_families = &out_.shorthand_families;
  rewrite_styles(document.html(), rewrite);

  hold_scripts(document.body());
  auto style = make_element("style");
  style->set("data-understudy", "");
  style->append(
      make_text("html,body,*{text-rendering:geometricPrecision}" + std::string(kFontFacesMark)));
  document.head().insert(0, std::move(style));
  if (child_named(document.head(), "meta") == nullptr) {
    auto meta = make_element("meta");
    meta->set("charset", "utf-8");
    document.head().insert(0, std::move(meta));
  }
  out_.root.width = pixels_of(*root, "data-width");
  out_.root.height = pixels_of(*root, "data-height");
  out_.root.duration_s = number_of(*root, "data-duration", 0);
  out_.root.fps = number_of(*root, "data-fps", 0);
  out_.settings = {{"variables", std::move(values)},
                   {"variablesById", std::move(variables_by_id_)}};
  out_.html = document.to_html();
  return std::move(out_);
}

void CompiledComposition::use_font_faces(std::string_view css) {
  const auto mark = html.find(kFontFacesMark);
  if (mark != std::string::npos) html.replace(mark, kFontFacesMark.size(), css);
}

Result<CompiledComposition> compile(const ProjectReader& project, const CompileOptions& options) {
  return Compiler(project, options).run();
}

}  // namespace understudy::browser
