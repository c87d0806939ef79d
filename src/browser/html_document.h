// HtmlDocument: a parsed page as a tree that can be edited and written out again. The parser is
// gumbo (the HTML standard's own algorithm); its tree cannot be changed, so this one is a copy.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace understudy::browser {

struct HtmlNode {
  enum class Kind { document, element, text, comment };
  Kind kind = Kind::element;
  std::string name;  // of an element, lower case but for SVG's own spellings
  std::string text;  // of a text or comment, unescaped
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::unique_ptr<HtmlNode>> children;
  HtmlNode* parent = nullptr;
  int line = 0;  // in its file, from 1

  bool is(std::string_view element_name) const {
    return kind == Kind::element && name == element_name;
  }
  const std::string* attribute(std::string_view key) const;  // null when absent
  std::string attribute_or(std::string_view key, std::string_view fallback = {}) const;
  bool has(std::string_view key) const { return attribute(key) != nullptr; }
  void set(std::string_view key, std::string value);
  void remove(std::string_view key);

  HtmlNode& append(std::unique_ptr<HtmlNode> child);
  HtmlNode& insert(std::size_t at, std::unique_ptr<HtmlNode> child);
  std::unique_ptr<HtmlNode> take(std::size_t at);
  std::string text_content() const;
};

std::string inner_html(const HtmlNode& node);

std::unique_ptr<HtmlNode> make_element(std::string_view name);
std::unique_ptr<HtmlNode> make_text(std::string text);

// Every element below (and with) `node` in the order of the document; the visitor returns false to
// stop. Elements it adds behind the present one are visited too.
void visit(HtmlNode& node, const std::function<bool(HtmlNode&)>& visitor);
HtmlNode* find_first(HtmlNode& node, const std::function<bool(const HtmlNode&)>& test);
HtmlNode* child_named(HtmlNode& node, std::string_view name);

class HtmlDocument {
 public:
  // A fragment becomes a whole document. Errors: hyperframes_project_invalid (too large, too many
  // or too deeply nested elements; no UTF-8).
  static Result<HtmlDocument> parse(std::string_view html);

  HtmlNode& root() { return *root_; }
  const HtmlNode& root() const { return *root_; }
  HtmlNode& html() { return *html_; }
  HtmlNode& head() { return *head_; }
  HtmlNode& body() { return *body_; }

  std::string to_html() const;

 private:
  std::unique_ptr<HtmlNode> root_;
  HtmlNode* html_ = nullptr;
  HtmlNode* head_ = nullptr;
  HtmlNode* body_ = nullptr;
};

}  // namespace understudy::browser
