#include "browser/composition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/text.h"
#include "browser/composition_variables.h"
#include "browser/css_rewrite.h"
#include "browser/html_document.h"
#include "browser/page.h"

namespace understudy::browser {
namespace {

constexpr int kNestingMax = 16;
constexpr int kInstancesMax = 500;
constexpr const char* kCompositionId = "data-composition-id";
constexpr const char* kCompositionSrc = "data-composition-src";
constexpr std::string_view kFontFacesMark = "/*font-faces*/";

tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::hyperframes_project_invalid, std::move(message), "project");
}

std::optional<double> number_in(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr == text.data() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

double number_of(const HtmlNode& node, std::string_view key, double fallback) {
  const auto* text = node.attribute(key);
  return text == nullptr ? fallback : number_in(*text).value_or(fallback);
}

// A size that a page says; what no browser would lay out is cut.
int pixels_of(const HtmlNode& node, std::string_view key) {
  constexpr double kMost = 100'000;
  return static_cast<int>(std::clamp(number_of(node, key, 0), 0.0, kMost));
}

// The first composition that lies in no other; templates are not part of the page.
HtmlNode* find_root(HtmlNode& node) {
  return find_first(node, [](const HtmlNode& e) { return e.has(kCompositionId); });
}

const HtmlNode* child_template(const HtmlNode& body) {
  for (const auto& child : body.children) {
    if (child->is("template")) return child.get();
  }
  return nullptr;
}

std::string css_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\n') out += c;
  }
  return out + "\"";
}

std::string composition_selector(std::string_view id) {
  return std::string("[") + kCompositionId + "=" + css_string(id) + "]";
}

// A root that stands for its host fills it, by its own size when it has one; one of another id is
// laid out like any element. So the contract's reference does it.
void fill_host(HtmlNode& inner) {
  std::string style = inner.attribute_or("style");
  if (!style.empty() && !style.ends_with(';')) style += ';';
  for (const char* side : {"width", "height"}) {
    const int value = pixels_of(inner, std::string("data-") + side);
    style += std::string(side) + ":" + (value > 0 ? std::to_string(value) + "px;" : "100%;");
  }
  inner.set("style", style);
}

// Scripts of the page's body run when its fonts are loaded, since they measure text; the runtime
// (runtime/readiness.js) starts them. A file keeps its lines, for what its errors say.
constexpr std::string_view kHeldType = "text/understudy-held";

bool is_classic_script(const HtmlNode& node) {
  const std::string type = lower_case(trimmed(node.attribute_or("type", "text/javascript")));
  return node.is("script") && !node.has("nomodule") &&
         (type.empty() || type == "text/javascript" || type == "application/javascript");
}

void hold_scripts(HtmlNode& body) {
  visit(body, [](HtmlNode& node) {
    for (const HtmlNode* above = &node; above != nullptr; above = above->parent) {
      if (above->is("template") || above->is("svg") || above->is("noscript")) return true;
    }
    const bool is_module = lower_case(trimmed(node.attribute_or("type"))) == "module";
    if (node.is("script") && is_module) {
      node.set("type", std::string(kHeldType) + "+module");
    } else if (is_classic_script(node) && !node.has("src")) {
      node.set("type", std::string(kHeldType));
    }
    return true;
  });
}

// The text with as many empty lines in front as make its first line `line`.
std::string at_line(std::string_view text, int line) {
  return std::string(static_cast<std::size_t>(std::max(line - 1, 0)), '\n') + std::string(text);
}

std::string source_name(const std::string& file) {
  return "\n//# sourceURL=" + std::string(kProjectOrigin) + file + "\n";
}

// --- The compiler.

class Compiler {
 public:
  Compiler(const ProjectReader& project, const CompileOptions& options)
      : project_(project), options_(options) {}

  Result<CompiledComposition> run();

 private:
  Result<HtmlDocument> load(const std::string& file) const;
  Result<void> inline_below(HtmlNode& node, const std::string& file, int depth);
  Result<void> inline_into(HtmlNode& host, const std::string& source, const std::string& file,
                           int depth);
  Result<std::unique_ptr<HtmlNode>> content_of(HtmlDocument& document, const std::string& file);
  void adopt(HtmlNode& host, std::unique_ptr<HtmlNode> content, const std::string& authored_id,
             const std::string& file, std::size_t script_place);
  std::string take_id(const std::string& wanted);
  std::string address_in(const std::string& file, const std::string& address) const;
  void rewrite_addresses(HtmlNode& node, const std::string& file);
  void rewrite_styles(HtmlNode& node, const CssRewrite& rewrite);
  void use_templates(HtmlDocument& document, const HtmlNode* root);
  void prepare_media(HtmlNode& node);
  void warn(std::string text) {
    if (out_.warnings.size() < 50) out_.warnings.push_back(std::move(text));
  }

  const ProjectReader& project_;
  const CompileOptions& options_;
  CompiledComposition out_;
  json::object variables_by_id_;
  std::map<std::string, int> ids_;
  std::vector<std::string> open_files_;
  std::set<std::string> linked_scripts_;
  std::vector<std::unique_ptr<HtmlNode>> scripts_;  // of sub-compositions, outer ones first
  std::map<std::string, std::string> templates_;    // "#card-template": its HTML
  int instances_ = 0;
  int media_count_ = 0;
};

Result<HtmlDocument> Compiler::load(const std::string& file) const {
  const auto inline_one = templates_.find(file);
  const auto text = inline_one != templates_.end() ? Result<std::string>(inline_one->second)
                                                   : project_.read(file);
  if (!text) return invalid("The project has no file '" + file + "'.");
  auto document = HtmlDocument::parse(*text);
  if (!document) return invalid("'" + file + "': " + document.error().message);
  return document;
}

std::string Compiler::take_id(const std::string& wanted) {
  const int count = ++ids_[wanted];
  if (count == 1) return wanted;
  const std::string next = wanted + "__" + std::to_string(count);
  return ids_.contains(next) ? take_id(next) : (ids_[next] = 1, next);
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

// <template id="card-template"> of the entry serves elements with data-composition-id="card".
void Compiler::use_templates(HtmlDocument& document, const HtmlNode* root) {
  visit(document.html(), [&](HtmlNode& node) {
    const auto id = node.attribute_or("id");
    if (node.is("template") && id.ends_with("-template")) {
      templates_["#" + id] = "<template>" + inner_html(node) + "</template>";
    }
    return true;
  });
  if (templates_.empty()) return;
  visit(document.html(), [&](HtmlNode& node) {
    if (&node == root || !node.has(kCompositionId) || node.has(kCompositionSrc)) return true;
    for (const HtmlNode* above = node.parent; above != nullptr; above = above->parent) {
      if (above->is("template")) return true;
    }
    const std::string name = "#" + *node.attribute(kCompositionId) + "-template";
    if (templates_.contains(name)) node.set(kCompositionSrc, name);
    return true;
  });
}

// A file's content: of its first template, else its body, with its head's styles and scripts first.
Result<std::unique_ptr<HtmlNode>> Compiler::content_of(HtmlDocument& document,
                                                       const std::string& file) {
  auto content = make_element("div");
  HtmlNode* source =
      find_first(document.html(), [](const HtmlNode& e) { return e.is("template"); });
  if (source == nullptr) {
    for (std::size_t i = 0; i < document.head().children.size();) {
      const auto& child = *document.head().children[i];
      if (child.is("style") || child.is("script") || child.is("link")) {
        content->append(document.head().take(i));
      } else {
        ++i;
      }
    }
    source = &document.body();
  }
  while (!source->children.empty()) content->append(source->take(0));
  if (find_root(*content) == nullptr) {
    return invalid("The sub-composition '" + file +
                   "' has no element with data-composition-id; it cannot be used.");
  }
  return content;
}

Result<void> Compiler::inline_below(HtmlNode& node, const std::string& file, int depth) {
  std::vector<HtmlNode*> hosts;
  visit(node, [&](HtmlNode& element) {
    if (!element.has(kCompositionSrc)) return true;
    // What stands inside of a host is a stand-in that goes.
    for (const HtmlNode* above = element.parent; above != nullptr; above = above->parent) {
      if (above->has(kCompositionSrc)) return true;
    }
    hosts.push_back(&element);
    return true;
  });
  for (HtmlNode* host : hosts) {
    const std::string source = *host->attribute(kCompositionSrc);
    TRY(inline_into(*host, source, file, depth));
  }
  return {};
}

Result<void> Compiler::inline_into(HtmlNode& host, const std::string& source,
                                   const std::string& file, int depth) {
  if (depth > kNestingMax) {
    return invalid("Sub-compositions are nested deeper than " + std::to_string(kNestingMax) +
                   " levels.");
  }
  if (++instances_ > kInstancesMax) return invalid("There are more than 500 sub-compositions.");
  const std::string address = address_in(file, source);
  const std::string target = address.starts_with('/') ? address.substr(1) : address;
  if (std::find(open_files_.begin(), open_files_.end(), target) != open_files_.end()) {
    return invalid("The sub-composition '" + target + "' contains itself.");
  }
  auto loaded = load(target);
  if (!loaded) return invalid("'" + file + "' uses a sub-composition: " + loaded.error().message);
  open_files_.push_back(target);
  std::vector<Variable> declared;
  declare(loaded->html(), declared);
  TRY_ASSIGN(auto content, content_of(*loaded, target));
  HtmlNode& inner = *find_root(*content);
  declare(inner, declared);
  const std::string authored_id = inner.attribute_or(kCompositionId);
  const std::string id = take_id(host.attribute_or(kCompositionId, authored_id));
  if (host.attribute_or(kCompositionId, authored_id) == authored_id) fill_host(inner);
  for (const char* key : {"data-width", "data-height", "data-duration"}) {
    if (!host.has(key) && inner.has(key) && std::string_view(key) != "data-duration") {
      host.set(key, *inner.attribute(key));
    }
  }
  json::object values = defaults_of(declared);
  if (const auto* given = host.attribute("data-variable-values")) {
    const auto parsed = parse_json(*given);
    if (parsed && parsed->is_object()) {
      merge(values, parsed->get_object());
    } else {
      warn("data-variable-values of '" + id + "' is no JSON object; the defaults are used.");
    }
  }
  host.set(kCompositionId, id);
  host.remove(kCompositionSrc);
  if (!host.has("data-start")) host.set("data-start", "0");
  variables_by_id_[id] = values;
  rewrite_addresses(*content, target);
  const std::size_t script_place = scripts_.size();  // in front of those of what lies within
  scripts_.emplace_back();
  TRY(inline_below(*content, target, depth + 1));
  bind_variables(inner, values);
  adopt(host, std::move(content), authored_id, target, script_place);
  open_files_.pop_back();
  return {};
}

// Puts a sub-composition's content into its host: the inner root keeps its place and looks, its id
// goes to the host; scripts run once, at the end, seeing this instance only.
void Compiler::adopt(HtmlNode& host, std::unique_ptr<HtmlNode> content,
                     const std::string& authored_id, const std::string& file,
                     std::size_t script_place) {
  const std::string id = host.attribute_or(kCompositionId);
  CssRewrite rewrite;
  rewrite.scope = composition_selector(id);
  rewrite.authored_scope = composition_selector(authored_id);
  rewrite.root = "[data-understudy-root=" + css_string(id) + "]";
  rewrite.url = [&](const std::string& address) { return address_in(file, address); };
  HtmlNode& inner = *find_root(*content);
  std::string scripts;
  std::vector<std::unique_ptr<HtmlNode>> styles;
  inner.remove(kCompositionId);
  inner.set("data-understudy-root", id);
  inner.remove("data-start");
  inner.remove("data-duration");
  const std::function<void(HtmlNode&)> take_scripts = [&](HtmlNode& node) {
    for (std::size_t i = 0; i < node.children.size();) {
      HtmlNode& child = *node.children[i];
      // What a nested sub-composition brought is in order already.
      const bool is_done = child.has("data-understudy-scope") || child.has("data-understudy-style");
      if (is_classic_script(child) && !is_done) {
        if (child.has("src")) {
          if (linked_scripts_.insert(*child.attribute("src")).second) {
            ++i;
            continue;
          }
        } else {
          const auto lines = std::count(scripts.begin(), scripts.end(), '\n');
          scripts += at_line(child.text_content() + "\n;\n", child.line - static_cast<int>(lines));
        }
        node.take(i);
        continue;
      }
      if (child.is("style") && !is_done) {
        const std::string css = rewrite_css(child.text_content(), rewrite);
        child.children.clear();
        child.append(make_text(css));
        child.set("data-understudy-style", id);
        styles.push_back(node.take(i));
        continue;
      } else if (!is_done) {
        take_scripts(child);
      }
      ++i;
    }
  };
  take_scripts(*content);
  host.children.clear();
  // In front of nested sub-compositions, whose own rules are to win over these.
  for (auto& style : styles) host.append(std::move(style));
  while (!content->children.empty()) host.append(content->take(0));
  if (trimmed(scripts).empty()) return;
  auto script = make_element("script");
  script->set("data-understudy-scope", id);
  script->append(make_text("window.__understudy.scope(" + json::serialize(json::value(id)) + "," +
                           json::serialize(json::value(authored_id)) +
                           ",function(document,window,gsap,__hyperframes,__timelines){" + scripts +
                           "\n});" + source_name(file)));
  scripts_[script_place] = std::move(script);
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

}  // namespace

void CompiledComposition::use_font_faces(std::string_view css) {
  const auto mark = html.find(kFontFacesMark);
  if (mark != std::string::npos) html.replace(mark, kFontFacesMark.size(), css);
}

std::optional<std::string> project_path(std::string_view base_file, std::string_view address) {
  address = trimmed(address);
  if (address.empty() || address.starts_with('#') || address.starts_with("//")) return std::nullopt;
  const auto colon = address.find(':');
  if (colon != std::string_view::npos && colon < address.find_first_of("/?#")) return std::nullopt;
  const auto tail = address.find_first_of("?#");
  const std::string_view rest = tail == std::string_view::npos ? "" : address.substr(tail);
  address = address.substr(0, tail);
  std::vector<std::string> parts;
  if (!address.starts_with('/')) {
    parts = split(base_file, '/');
    if (!parts.empty()) parts.pop_back();
  }
  for (const auto& part : split(address, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string path;
  for (const auto& part : parts) path += (path.empty() ? "" : "/") + part;
  return path + std::string(rest);
}

Result<RootFacts> root_facts(std::string_view html) {
  TRY_ASSIGN(auto document, HtmlDocument::parse(html));
  RootFacts facts;
  HtmlNode* root = find_root(document.body());
  declare(document.html(), facts.variables);
  if (root == nullptr) return facts;
  declare(*root, facts.variables);
  facts.id = root->attribute_or(kCompositionId);
  facts.width = pixels_of(*root, "data-width");
  facts.height = pixels_of(*root, "data-height");
  facts.duration_s = number_of(*root, "data-duration", 0);
  facts.fps = number_of(*root, "data-fps", 0);
  visit(document.body(), [&](HtmlNode& node) {
    if (&node != root && node.has("data-start")) {
      const double end = number_of(node, "data-start", 0) + number_of(node, "data-duration", 0);
      facts.clips_end_s = std::max(facts.clips_end_s, end);
    }
    return true;
  });
  return facts;
}

Result<CompiledComposition> compile(const ProjectReader& project, const CompileOptions& options) {
  return Compiler(project, options).run();
}

}  // namespace understudy::browser
