#include "products/brand_kits/css_reader.h"

#include <algorithm>

#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr std::size_t kRulesMax = 50'000;
constexpr std::size_t kDeclarationsMax = 2'000;  // of one rule
constexpr std::size_t kSelectorMax = 1'000;
constexpr std::size_t kValueMax = 1'000;
constexpr int kDepthMax = 16;

std::string without_comments(std::string_view css) {
  std::string out;
  out.reserve(css.size());
  char quote = 0;
  for (std::size_t i = 0; i < css.size(); ++i) {
    const char c = css[i];
    if (quote != 0) {
      out += c;
      if (c == '\\' && i + 1 < css.size()) {
        out += css[++i];
      } else if (c == quote || c == '\n') {
        quote = 0;
      }
    } else if (c == '/' && i + 1 < css.size() && css[i + 1] == '*') {
      const auto end = css.find("*/", i + 2);
      if (end == std::string_view::npos) break;
      i = end + 1;
      out += ' ';
    } else {
      if (c == '"' || c == '\'') quote = c;
      out += c;
    }
  }
  return out;
}

// The first of `stops` outside of strings and brackets; the end when there is none.
std::size_t find_outside(std::string_view text, std::size_t from, std::string_view stops) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote || c == '\n') {
        quote = 0;
      }
      continue;
    }
    if (c == '"' || c == '\'') {
      quote = c;
      continue;
    }
    if (depth <= 0 && stops.find(c) != std::string_view::npos) return i;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == '{' || c == '}') depth = 0;  // an unclosed bracket ends with its block
    if ((c == '{' || c == '}') && stops.find(c) != std::string_view::npos) return i;
  }
  return text.size();
}

// Behind the block's closing brace.
std::size_t block_end(std::string_view text, std::size_t open) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote || c == '\n') {
        quote = 0;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

std::vector<Declaration> declarations_of(std::string_view text) {
  std::vector<Declaration> found;
  std::size_t at = 0;
  while (at < text.size() && found.size() < kDeclarationsMax) {
    const auto end = find_outside(text, at, ";{");
    const auto part = text.substr(at, end - at);
    at = end + 1;
    if (end < text.size() && text[end] == '{') {  // a nested rule
      at = block_end(text, end);
      continue;
    }
    const auto colon = part.find(':');
    if (colon == std::string_view::npos) continue;
    std::string property(trimmed(part.substr(0, colon)));
    if (!property.starts_with("--")) property = lower_case(property);
    std::string value(trimmed(part.substr(colon + 1)));
    if (const auto bang = value.rfind('!');
        bang != std::string::npos &&
        lower_case(value).find("important", bang) != std::string::npos) {
      value = std::string(trimmed(std::string_view(value).substr(0, bang)));
    }
    if (property.empty() || value.empty() || value.size() > kValueMax || property.size() > 100)
      continue;
    found.push_back({std::move(property), std::move(value)});
  }
  return found;
}

// The URL of "url(x)" or a string.
std::string import_url(std::string_view text) {
  text = trimmed(text);
  if (lower_case(text.substr(0, 4)) == "url(") {
    const auto close = text.find(')');
    return unquoted(text.substr(4, close == std::string_view::npos ? close : close - 4));
  }
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return {};
  const auto close = text.find(text.front(), 1);
  return std::string(text.substr(1, close == std::string_view::npos ? close : close - 1));
}

void read_rules(std::string_view text, int depth, Sheet& sheet) {
  std::size_t at = 0;
  while (at < text.size() && sheet.rules.size() < kRulesMax) {
    const auto stop = find_outside(text, at, "{;}");
    const auto head = trimmed(text.substr(at, stop - at));
    if (stop >= text.size()) return;
    if (text[stop] != '{') {
      if (lower_case(head.substr(0, 7)) == "@import") {
        if (auto url = import_url(head.substr(7)); !url.empty())
          sheet.imports.push_back(std::move(url));
      }
      at = stop + 1;
      continue;
    }
    const auto end = block_end(text, stop);
    const bool is_closed = end > stop + 1 && text[end - 1] == '}';
    const auto inner = text.substr(stop + 1, end - stop - 1 - (is_closed ? 1 : 0));
    at = end;
    const std::string name = lower_case(head.substr(0, head.find_first_of(" (")));
    if (name == "@media" || name == "@supports" || name == "@layer" || name == "@container") {
      // Printed pages and dark modes are not what the brand looks like at first sight.
      const std::string condition = lower_case(head);
      const bool is_other = condition.find("print") != std::string::npos ||
                            condition.find("prefers-color-scheme: dark") != std::string::npos ||
                            condition.find("prefers-color-scheme:dark") != std::string::npos;
      if (!is_other && depth < kDepthMax) read_rules(inner, depth + 1, sheet);
      continue;
    }
    if (name.starts_with('@') && name != "@font-face") continue;
    sheet.rules.push_back({std::string(head.substr(0, kSelectorMax)), declarations_of(inner)});
  }
}

}  // namespace

Sheet read_css(std::string_view css) {
  Sheet sheet;
  const std::string text = without_comments(css);
  read_rules(text, 0, sheet);
  return sheet;
}

std::vector<Declaration> read_declarations(std::string_view text) {
  return declarations_of(without_comments(text));
}

std::vector<std::string> split_value(std::string_view value, char separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= value.size()) {
    const auto end = find_outside(value, at, std::string_view(&separator, 1));
    if (const auto part = trimmed(value.substr(at, end - at)); !part.empty())
      parts.emplace_back(part);
    at = end + 1;
  }
  return parts;
}

std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(trimmed(text));
}

}  // namespace understudy::brand_kits
