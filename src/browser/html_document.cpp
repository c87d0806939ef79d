#include "browser/html_document.h"

#include <algorithm>
#include <array>

#include <gumbo.h>

#include "base/text.h"

namespace understudy::browser {
namespace {

constexpr std::size_t kBytesMax = 32U << 20;
// gumbo frees its tree by recursion; this many nested elements still fit on a thread's stack.
constexpr std::ptrdiff_t kTagsMax = 60'000;
constexpr int kDepthMax = 400;

tl::unexpected<Error> unusable(std::string message) {
  return fail(ErrorCode::hyperframes_project_invalid, std::move(message));
}

// "<feGaussianBlur" -> "feGaussianBlur": the name as the file spells it, for elements that gumbo
// has no number for.
std::string name_of(const GumboElement& element) {
  if (element.tag != GUMBO_TAG_UNKNOWN && element.tag_namespace != GUMBO_NAMESPACE_SVG) {
    return gumbo_normalized_tagname(element.tag);
  }
  GumboStringPiece tag = element.original_tag;
  gumbo_tag_from_original_text(&tag);
  if (element.tag_namespace == GUMBO_NAMESPACE_SVG) {
    if (const char* svg = gumbo_normalize_svg_tagname(&tag)) return svg;
  }
  if (tag.length == 0) return gumbo_normalized_tagname(element.tag);
  return lower_case(std::string_view(tag.data, tag.length));
}

std::string attribute_name(const GumboAttribute& attribute) {
  switch (attribute.attr_namespace) {
    case GUMBO_ATTR_NAMESPACE_XLINK: return std::string("xlink:") + attribute.name;
    case GUMBO_ATTR_NAMESPACE_XML: return std::string("xml:") + attribute.name;
    case GUMBO_ATTR_NAMESPACE_XMLNS:
      return std::string_view(attribute.name) == "xmlns" ? "xmlns"
                                                         : std::string("xmlns:") + attribute.name;
    default: return attribute.name;
  }
}

Result<void> copy(const GumboNode& from, HtmlNode& parent, int depth) {
  if (depth > kDepthMax) return unusable("The HTML is nested too deeply.");
  auto node = std::make_unique<HtmlNode>();
  switch (from.type) {
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE: {
      const GumboElement& element = from.v.element;
      node->kind = HtmlNode::Kind::element;
      node->name = name_of(element);
      node->line = static_cast<int>(element.start_pos.line);
      for (unsigned i = 0; i < element.attributes.length; ++i) {
        const auto& attribute = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
        node->attributes.emplace_back(attribute_name(attribute), attribute.value);
      }
      HtmlNode& placed = parent.append(std::move(node));
      for (unsigned i = 0; i < element.children.length; ++i) {
        TRY(copy(*static_cast<const GumboNode*>(element.children.data[i]), placed, depth + 1));
      }
      return {};
    }
    case GUMBO_NODE_COMMENT:
      node->kind = HtmlNode::Kind::comment;
      node->text = from.v.text.text;
      break;
    default:
      node->kind = HtmlNode::Kind::text;
      node->text = from.v.text.text;
      node->line = static_cast<int>(from.v.text.start_pos.line);
      break;
  }
  parent.append(std::move(node));
  return {};
}

// HTML standard 13.3, "Serializing HTML fragments".
constexpr std::array<std::string_view, 14> kVoid = {"area",  "base",   "br",    "col",  "embed",
                                                    "hr",    "img",    "input", "link", "meta",
                                                    "param", "source", "track", "wbr"};
constexpr std::array<std::string_view, 7> kRaw = {"style",   "script",   "xmp",     "iframe",
                                                  "noembed", "noframes", "noscript"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void write_escaped(std::string& out, std::string_view text, bool is_attribute) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (is_attribute && c == '"') {
      out += "&quot;";
    } else if (!is_attribute && c == '<') {
      out += "&lt;";
    } else if (!is_attribute && c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
}

void write(std::string& out, const HtmlNode& node) {
  switch (node.kind) {
    case HtmlNode::Kind::text:
      if (node.parent != nullptr && contains(kRaw, node.parent->name)) {
        out += node.text;
      } else {
        write_escaped(out, node.text, false);
      }
      return;
    case HtmlNode::Kind::comment:
      // Nothing in a comment shows, and one that holds "-->" would end early.
      return;
    case HtmlNode::Kind::document:
      out += "<!DOCTYPE html>";
      for (const auto& child : node.children) write(out, *child);
      return;
    case HtmlNode::Kind::element: break;
  }
  out += '<';
  out += node.name;
  for (const auto& [name, value] : node.attributes) {
    out += ' ';
    out += name;
    out += "=\"";
    write_escaped(out, value, true);
    out += '"';
  }
  out += '>';
  if (contains(kVoid, node.name)) return;
  // A parser drops a line's end that directly follows these.
  if (node.is("pre") || node.is("textarea")) out += '\n';
  for (const auto& child : node.children) write(out, *child);
  out += "</";
  out += node.name;
  out += '>';
}

}  // namespace

const std::string* HtmlNode::attribute(std::string_view key) const {
  for (const auto& [name_, value] : attributes) {
    if (name_ == key) return &value;
  }
  return nullptr;
}

std::string HtmlNode::attribute_or(std::string_view key, std::string_view fallback) const {
  const auto* value = attribute(key);
  return value != nullptr ? *value : std::string(fallback);
}

void HtmlNode::set(std::string_view key, std::string value) {
  for (auto& [name_, present] : attributes) {
    if (name_ == key) {
      present = std::move(value);
      return;
    }
  }
  attributes.emplace_back(key, std::move(value));
}

void HtmlNode::remove(std::string_view key) {
  std::erase_if(attributes, [&](const auto& attribute_) { return attribute_.first == key; });
}

HtmlNode& HtmlNode::append(std::unique_ptr<HtmlNode> child) {
  return insert(children.size(), std::move(child));
}

HtmlNode& HtmlNode::insert(std::size_t at, std::unique_ptr<HtmlNode> child) {
  child->parent = this;
  return **children.insert(children.begin() + static_cast<std::ptrdiff_t>(at), std::move(child));
}

std::unique_ptr<HtmlNode> HtmlNode::take(std::size_t at) {
  auto taken = std::move(children[at]);
  children.erase(children.begin() + static_cast<std::ptrdiff_t>(at));
  taken->parent = nullptr;
  return taken;
}

std::string HtmlNode::text_content() const {
  if (kind == Kind::text) return text;
  std::string all;
  for (const auto& child : children) all += child->text_content();
  return all;
}

std::string inner_html(const HtmlNode& node) {
  std::string out;
  for (const auto& child : node.children) write(out, *child);
  return out;
}

std::unique_ptr<HtmlNode> make_element(std::string_view name) {
  auto node = std::make_unique<HtmlNode>();
  node->name = name;
  return node;
}

std::unique_ptr<HtmlNode> make_text(std::string text) {
  auto node = std::make_unique<HtmlNode>();
  node->kind = HtmlNode::Kind::text;
  node->text = std::move(text);
  return node;
}

namespace {

bool visit_until(HtmlNode& node, const std::function<bool(HtmlNode&)>& visitor) {
  if (node.kind == HtmlNode::Kind::element && !visitor(node)) return false;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (!visit_until(*node.children[i], visitor)) return false;
  }
  return true;
}

}  // namespace

void visit(HtmlNode& node, const std::function<bool(HtmlNode&)>& visitor) {
  visit_until(node, visitor);
}

HtmlNode* find_first(HtmlNode& node, const std::function<bool(const HtmlNode&)>& test) {
  HtmlNode* found = nullptr;
  visit(node, [&](HtmlNode& element) {
    if (test(element)) found = &element;
    return found == nullptr;
  });
  return found;
}

HtmlNode* child_named(HtmlNode& node, std::string_view name) {
  for (const auto& child : node.children) {
    if (child->is(name)) return child.get();
  }
  return nullptr;
}

Result<HtmlDocument> HtmlDocument::parse(std::string_view html) {
  if (html.starts_with("\xEF\xBB\xBF")) html.remove_prefix(3);
  if (html.size() > kBytesMax) return unusable("The HTML is larger than 32 MB.");
  if (!is_valid_utf8(html)) return unusable("The HTML is not valid UTF-8.");
  if (std::count(html.begin(), html.end(), '<') > kTagsMax) {
    return unusable("The HTML has more than 60000 tags.");
  }
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const auto destroy = [&](GumboOutput* output) { gumbo_destroy_output(&options, output); };
  const std::unique_ptr<GumboOutput, decltype(destroy)> output(
      gumbo_parse_with_options(&options, html.data(), html.size()), destroy);
  HtmlDocument document;
  document.root_ = std::make_unique<HtmlNode>();
  document.root_->kind = HtmlNode::Kind::document;
  TRY(copy(*output->root, *document.root_, 0));
  document.html_ = document.root_->children.front().get();
  document.head_ = child_named(*document.html_, "head");
  document.body_ = child_named(*document.html_, "body");
  if (document.head_ == nullptr) document.head_ = &document.html_->insert(0, make_element("head"));
  if (document.body_ == nullptr) document.body_ = &document.html_->append(make_element("body"));
  return document;
}

std::string HtmlDocument::to_html() const {
  std::string out;
  write(out, *root_);
  return out;
}

}  // namespace understudy::browser
