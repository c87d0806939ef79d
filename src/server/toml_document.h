// An operator's TOML document. Includes toml++: for .cpp files only.
#pragma once

#include <stdexcept>
#include <string_view>

#include "base/result.h"

namespace understudy::server {
// Some malformed files fail an assertion of toml++ 3.3 before it would report them; that is to be
// an error, not the end of the program.
[[noreturn]] inline void refuse_malformed() { throw std::logic_error("a value is malformed"); }
}  // namespace understudy::server
#define TOML_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::understudy::server::refuse_malformed())
#include <toml++/toml.h>

namespace understudy::server {

// Errors: invalid_parameter with a sentence that begins with what is wrong and names the line.
Result<toml::table> parse_toml(std::string_view document);

}  // namespace understudy::server
