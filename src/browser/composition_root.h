// The root of a composition and what it says of itself. Inside of the compiler only.
#pragma once

#include <string_view>

#include "browser/html_document.h"

namespace understudy::browser {

inline constexpr const char* kCompositionId = "data-composition-id";

// The first composition that lies in no other; templates are not part of the page. Null: none.
HtmlNode* find_root(HtmlNode& node);

// An attribute's number; `fallback` when it is none, or not finite.
double number_of(const HtmlNode& node, std::string_view key, double fallback);

// A size that a page says; what no browser would lay out is cut.
int pixels_of(const HtmlNode& node, std::string_view key);

}  // namespace understudy::browser
