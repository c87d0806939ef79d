#include <algorithm>
#include <functional>

#include "base/text.h"
#include "browser/composition_compiler.h"
#include "browser/composition_root.h"
#include "browser/composition_scripts.h"
#include "browser/composition_variables.h"

namespace understudy::browser {
namespace {

constexpr int kNestingMax = 16;
constexpr int kInstancesMax = 500;

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

}  // namespace

std::string Compiler::take_id(const std::string& wanted) {
  const int count = ++ids_[wanted];
  if (count == 1) return wanted;
  const std::string next = wanted + "__" + std::to_string(count);
  return ids_.contains(next) ? take_id(next) : (ids_[next] = 1, next);
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

}  // namespace understudy::browser
