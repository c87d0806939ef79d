// Reads style sheets as far as brands need them: selectors with their declarations, and imports.
// After CSS Syntax Level 3, without its finer points: comments, strings, escapes in them, nested
// blocks; rules inside @media and @supports count, what is broken is passed over. Time and memory
// grow with the text; nesting is bounded. Hostile input: called in the sandbox.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::brand_kits {

struct Declaration {
  std::string property;  // lower case; custom properties as written
  std::string value;
};

struct Rule {
  std::string selector;  // "@font-face" too
  std::vector<Declaration> declarations;
};

struct Sheet {
  std::vector<Rule> rules;
  std::vector<std::string> imports;  // URLs as written
};

Sheet read_css(std::string_view css);
std::vector<Declaration> read_declarations(std::string_view text);  // of a style attribute

// The pieces of a value between top-level commas, or blanks: "a, b(c, d)" gives 2.
std::vector<std::string> split_value(std::string_view value, char separator);
std::string unquoted(std::string_view text);  // without quotes and blanks around it

}  // namespace understudy::brand_kits
