// Edits of style sheets that need no full parser: selectors put under a scope, addresses rewritten,
// families listed and a fixed family put before generic ones. Source: CSS Syntax Level 3 (the walk
// over strings, comments, blocks); what it does not understand it leaves as it is.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace understudy::browser {

struct CssRewrite {
  // Put before every selector: "[data-composition-id=\"intro\"]"; empty: none. html, body, :root
  // and `authored_scope` alone become `root`; at the start of a longer selector, the scope.
  std::string scope = {};
  std::string authored_scope = {};
  std::string root = {};
  // The new address of one that the sheet names; empty: none is changed.
  std::function<std::string(const std::string&)> url = {};
  // Filled with the families that are named, in lower case without quotes.
  std::set<std::string>* families = nullptr;
  // The same of those in the shorthand font, which the contract leaves alone.
  std::set<std::string>* shorthand_families = nullptr;
};

// Declarations whose first family is a generic one (sans-serif, monospace, ...) get Inter in front,
// so that text looks the same on every machine.
std::string rewrite_css(std::string_view css, const CssRewrite& rewrite);
std::string rewrite_declarations(std::string_view declarations, const CssRewrite& rewrite);

}  // namespace understudy::browser
