#include "browser/css_rewrite.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace understudy::browser {
namespace {

constexpr int kDepthMax = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Where what begins at `at` ends: a string, a comment, an escape, or one character.
std::size_t skip_one(std::string_view css, std::size_t at) {
  const char c = css[at];
  if (c == '\\') return std::min(at + 2, css.size());
  if (c == '/' && at + 1 < css.size() && css[at + 1] == '*') {
    const auto end = css.find("*/", at + 2);
    return end == std::string_view::npos ? css.size() : end + 2;
  }
  if (c != '"' && c != '\'') return at + 1;
  for (std::size_t i = at + 1; i < css.size(); ++i) {
    if (css[i] == '\\') {
      ++i;
    } else if (css[i] == c) {
      return i + 1;
    } else if (css[i] == '\n') {
      return i;  // a string that was not closed ends with its line
    }
  }
  return css.size();
}

// The first of `stops` outside of strings, comments and brackets; css.size() when there is none.
std::size_t find_outside(std::string_view css, std::size_t from, std::string_view stops) {
  int depth = 0;
  for (std::size_t i = from; i < css.size();) {
    const char c = css[i];
    if (depth <= 0 && stops.find(c) != std::string_view::npos) return i;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    i = skip_one(css, i);
  }
  return css.size();
}

// Behind the bracket that closes the block whose content begins at `from`.
std::size_t end_of_block(std::string_view css, std::size_t from) {
  int depth = 1;
  for (std::size_t i = from; i < css.size();) {
    if (css[i] == '{') ++depth;
    if (css[i] == '}' && --depth == 0) return i + 1;
    i = skip_one(css, i);
  }
  return css.size();
}

std::vector<std::string_view> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = find_outside(text, start, std::string_view(&separator, 1));
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

// --- Addresses.

std::string rewrite_urls(std::string_view css, const CssRewrite& rewrite) {
  if (!rewrite.url) return std::string(css);
  std::string out;
  for (std::size_t i = 0; i < css.size();) {
    const bool is_url = lower_case(css.substr(i, 4)) == "url(";
    if (!is_url) {
      const auto end = skip_one(css, i);
      out += css.substr(i, end - i);
      i = end;
      continue;
    }
    std::size_t end = i + 4;
    while (end < css.size() && css[end] != ')') end = skip_one(css, end);
    const std::string address = unquoted(css.substr(i + 4, end - i - 4));
    out += "url(\"";
    for (const char c : rewrite.url(address)) {
      if (c == '"' || c == '\\' || c == '\n') out += '\\';
      out += c;
    }
    out += "\")";
    i = std::min(end + 1, css.size());
  }
  return out;
}

// --- Families.

constexpr std::array<std::string_view, 14> kGeneric = {
    "sans-serif", "serif",         "monospace",     "cursive",           "fantasy",
    "system-ui",  "ui-sans-serif", "ui-serif",      "ui-monospace",      "emoji",
    "math",       "fangsong",      "-apple-system", "blinkmacsystemfont"};

bool is_generic(std::string_view family) {
  return std::find(kGeneric.begin(), kGeneric.end(), lower_case(trimmed(family))) != kGeneric.end();
}

void list_families(std::string_view value, std::set<std::string>* families) {
  if (families == nullptr) return;
  for (const auto family : split_outside(value, ',')) {
    const std::string name = lower_case(unquoted(family));
    if (!name.empty() && name.size() < 80 && !is_generic(name)) families->insert(name);
  }
}

std::string with_fixed_family(std::string_view value, const CssRewrite& rewrite) {
  const auto families = split_outside(value, ',');
  list_families(value, rewrite.families);
  if (!is_generic(families.front())) return std::string(value);
  if (rewrite.families != nullptr) rewrite.families->insert("inter");
  return " Inter, " + std::string(trimmed(value));
}

// font: [style weight] size[/height] family, ...: the families are what follows the size, the first
// word that begins with a digit and is no plain weight. The contract's reference leaves this
// shorthand as it is, so that its families are only noted.
void list_font_families(std::string_view value, const CssRewrite& rewrite) {
  std::size_t at = 0;
  while (at < value.size()) {
    while (at < value.size() && is_space(value[at])) ++at;
    std::size_t end = at;
    while (end < value.size() && !is_space(value[end])) ++end;
    const auto word = value.substr(at, end - at);
    const bool is_weight = word.find_first_not_of("0123456789") == std::string_view::npos;
    const bool is_size = !word.empty() && word.find_first_of("0123456789.") == 0 && !is_weight;
    at = end;
    if (is_size) return list_families(value.substr(end), rewrite.shorthand_families);
  }
}

std::string rewrite_declaration(std::string_view declaration, const CssRewrite& rewrite) {
  const auto colon = find_outside(declaration, 0, ":");
  if (colon == declaration.size()) return rewrite_urls(declaration, rewrite);
  const std::string name = lower_case(trimmed(declaration.substr(0, colon)));
  const std::string_view value = declaration.substr(colon + 1);
  const std::string head(declaration.substr(0, colon + 1));
  if (name == "font-family") return head + with_fixed_family(value, rewrite);
  if (name == "font") list_font_families(value, rewrite);
  if (name.starts_with("--")) {
    const auto parts = split_outside(value, ',');
    if (is_generic(parts.front())) return head + with_fixed_family(value, rewrite);
    list_families(value, rewrite.families);
  }
  return head + rewrite_urls(value, rewrite);
}

// --- Selectors.

bool starts_with_name(std::string_view selector, std::string_view name) {
  if (!lower_case(selector.substr(0, name.size())).starts_with(name)) return false;
  if (selector.size() == name.size()) return true;
  const char next = selector[name.size()];
  const bool goes_on = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                       (next >= '0' && next <= '9') || next == '-' || next == '_';
  return !goes_on;
}

std::string scoped_selector(std::string_view selector, const CssRewrite& rewrite) {
  selector = trimmed(selector);
  // A reset of everything is one of the whole page, as the contract has it.
  if (selector.empty() || selector == "*") return std::string(selector);
  if (!rewrite.authored_scope.empty() && selector.starts_with(rewrite.authored_scope)) {
    const auto rest = selector.substr(rewrite.authored_scope.size());
    return rest.empty() ? rewrite.root : rewrite.scope + std::string(rest);
  }
  for (const std::string_view whole : {":root", "html", "body"}) {
    if (!starts_with_name(selector, whole)) continue;
    auto rest = selector.substr(whole.size());
    if (whole == "html") {
      const auto inner = trimmed(rest);
      if (starts_with_name(inner, "body")) rest = inner.substr(4);
    }
    return rest.empty() ? rewrite.root : rewrite.scope + std::string(rest);
  }
  return rewrite.scope + " " + std::string(selector);
}

std::string scoped_selectors(std::string_view prelude, const CssRewrite& rewrite) {
  if (rewrite.scope.empty()) return std::string(prelude);
  std::string out;
  for (const auto selector : split_outside(prelude, ',')) {
    if (!out.empty()) out += ", ";
    out += scoped_selector(selector, rewrite);
  }
  return out + " ";
}

// --- Rules.

// Without comments in front, which would hide an at sign.
std::string_view without_comments(std::string_view text) {
  text = trimmed(text);
  while (text.starts_with("/*")) {
    const auto end = text.find("*/");
    text = end == std::string_view::npos ? std::string_view() : trimmed(text.substr(end + 2));
  }
  return text;
}

bool holds_rules(std::string_view prelude) {
  for (const std::string_view name :
       {"@media", "@supports", "@layer", "@container", "@scope", "@starting-style", "@document"}) {
    if (starts_with_name(prelude, name)) return true;
  }
  return false;
}

// The content of a style rule: declarations, and rules nested in it, which are relative to it.
std::string rewrite_body(std::string_view body, const CssRewrite& rewrite, int depth) {
  if (depth > kDepthMax) return std::string(body);
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = find_outside(body, at, ";{}");
    const std::string_view piece = body.substr(at, end - at);
    if (end < body.size() && body[end] == '{') {
      const auto close = end_of_block(body, end + 1);
      const auto inner = body.substr(end + 1, close - end - 1 - (close > end + 1 ? 1 : 0));
      out += std::string(piece) + "{" + rewrite_body(inner, rewrite, depth + 1) + "}";
      at = close;
      continue;
    }
    out += rewrite_declaration(piece, rewrite);
    if (end < body.size()) out += body[end];
    at = end + 1;
  }
  return out;
}

std::string rewrite_rules(std::string_view css, const CssRewrite& rewrite, int depth) {
  if (depth > kDepthMax) return std::string(css);
  std::string out;
  for (std::size_t at = 0; at < css.size();) {
    const auto end = find_outside(css, at, "{;}");
    const std::string_view prelude = without_comments(css.substr(at, end - at));
    if (end == css.size()) break;
    if (css[end] == '}') {
      at = end + 1;
      continue;
    }
    if (css[end] == ';') {  // @import, @charset, @namespace
      out += rewrite_urls(prelude, rewrite) + ";\n";
      at = end + 1;
      continue;
    }
    const auto close = end_of_block(css, end + 1);
    const bool is_closed = close > end + 1 && css[close - 1] == '}';
    const auto body = css.substr(end + 1, close - end - 1 - (is_closed ? 1 : 0));
    if (!prelude.starts_with('@')) {
      out +=
          scoped_selectors(prelude, rewrite) + "{" + rewrite_body(body, rewrite, depth + 1) + "}\n";
    } else if (holds_rules(prelude)) {
      out += std::string(prelude) + "{" + rewrite_rules(body, rewrite, depth + 1) + "}\n";
    } else {  // @keyframes, @font-face and the like: no selectors of the page in them
      out += std::string(prelude) + "{" + rewrite_urls(body, rewrite) + "}\n";
    }
    at = close;
  }
  return out;
}

}  // namespace

std::string rewrite_css(std::string_view css, const CssRewrite& rewrite) {
  return rewrite_rules(css, rewrite, 0);
}

std::string rewrite_declarations(std::string_view declarations, const CssRewrite& rewrite) {
  return rewrite_body(declarations, rewrite, 0);
}

}  // namespace understudy::browser
