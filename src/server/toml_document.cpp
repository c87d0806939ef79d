#include "server/toml_document.h"

#include <string>

#include <fmt/format.h>

namespace understudy::server {
namespace {

// The line of the first byte beyond ASCII that stands outside of strings and comments; 0: there is
// none. No option has a use for one, and toml++ 3.3 does not survive all of them.
int line_beyond_ascii(std::string_view document) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  int line = 1;
  char inside = 0;  // a quotation mark, or # of a comment
  for (const char letter : document) {
    if (letter == '\n') {
      ++line;
      inside = 0;
    } else if (inside == 0 && (letter == '"' || letter == '\'' || letter == '#')) {
      inside = letter;
    } else if (inside == letter && letter != '#') {
      inside = 0;
    } else if (inside == 0 && static_cast<unsigned char>(letter) >= 0x80) {
      return line;
    }
  }
  return 0;
}

tl::unexpected<Error> not_toml(std::string_view why, const std::string& where = {}) {
  return fail(ErrorCode::invalid_parameter, fmt::format("it is not valid TOML: {}{}", why, where));
}

}  // namespace

Result<toml::table> parse_toml(std::string_view document) {
  if (const int line = line_beyond_ascii(document); line > 0) {
    return fail(
        ErrorCode::invalid_parameter,
        fmt::format("it has a letter beyond ASCII outside of strings and comments (line {})",
                    line));
  }
  try {
    return toml::parse(document);
  } catch (const toml::parse_error& failed) {
    return not_toml(failed.description(), fmt::format(" (line {})", failed.source().begin.line));
  } catch (const std::logic_error& failed) {  // of strings and containers inside the library
    return not_toml(failed.what());
  }
}

}  // namespace understudy::server
