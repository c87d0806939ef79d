#include "products/brand_kits/site_style.h"

#include <iterator>
#include <utility>

#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr int kVariableDepthMax = 8;

}  // namespace

SiteStyle::SiteStyle(const json::object& site, const Page& page) {
  for (const auto& text : page.styles) add_sheet(read_css(text), string_or(site, "url"));
  if (const auto* styles = array_or_null(site, "styles")) {
    for (const auto& entry : *styles) {
      const auto* style = entry.if_object();
      if (style != nullptr)
        add_sheet(read_css(string_or(*style, "text")), string_or(*style, "url"));
    }
  }
  for (const auto& style : page.inline_styles) {
    rules_.push_back({style.tag, read_declarations(style.style)});
  }
  collect_variables();
}

void SiteStyle::add_sheet(Sheet sheet, const std::string& base) {
  for (const auto& reference : sheet.imports) {
    if (auto url = absolute_url(base, reference); !url.empty()) imports_.push_back(std::move(url));
  }
  std::move(sheet.rules.begin(), sheet.rules.end(), std::back_inserter(rules_));
}

void SiteStyle::collect_variables() {
  for (const auto& rule : rules_) {
    const std::string selector = lower_case(rule.selector);
    const bool is_dark = selector.find("dark") != std::string::npos;
    for (const auto& declaration : rule.declarations) {
      if (!declaration.property.starts_with("--")) continue;
      // The first, unless it was a dark theme's: the page starts with it.
      if (!is_dark) variables_.try_emplace(declaration.property, declaration.value);
    }
  }
}

std::string SiteStyle::resolved(const std::string& value, int depth) const {
  const auto at = value.find("var(");
  if (at == std::string::npos) return value;
  if (depth >= kVariableDepthMax || value.size() > 2'000) return {};
  int open = 0;
  std::size_t end = at + 3;
  for (; end < value.size(); ++end) {
    if (value[end] == '(') ++open;
    if (value[end] == ')' && --open == 0) break;
  }
  if (end >= value.size()) return {};
  const std::string inner = value.substr(at + 4, end - at - 4);
  const auto parts = split_value(inner, ',');
  if (parts.empty()) return {};
  std::string put;
  if (const auto found = variables_.find(parts[0]); found != variables_.end()) {
    put = found->second;
  } else if (parts.size() > 1) {
    put = inner.substr(inner.find(',') + 1);
  }
  return resolved(value.substr(0, at) + put + value.substr(end + 1), depth + 1);
}

}  // namespace understudy::brand_kits
