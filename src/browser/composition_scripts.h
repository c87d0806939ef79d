// Scripts of a composition's page: which of them wait for its fonts, and where they come from.
// Inside of the compiler only.
#pragma once

#include <string>
#include <string_view>

#include "browser/html_document.h"

namespace understudy::browser {

// JavaScript that is no module.
bool is_classic_script(const HtmlNode& node);

// Scripts of the page's body run when its fonts are loaded, since they measure text; the runtime
// (runtime/readiness.js) starts them.
void hold_scripts(HtmlNode& body);

// The text with as many empty lines in front as make its first line `line`, so that errors name the
// lines of the author's file.
std::string at_line(std::string_view text, int line);

// What a script's text ends with, so that its errors name the file.
std::string source_name(const std::string& file);

}  // namespace understudy::browser
