#include "server/toml_document.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace understudy::server {
namespace {

// The line of the first byte beyond ASCII that stands outside of strings and comments; 0: there is
// none. No option has a use for one, and toml++ 3.3 does not survive all of them. Requires: the
// document is TOML but for such bytes.
int line_beyond_ascii(std::string_view document) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  int line = 1;
  char inside = 0;  // a quotation mark, or # of a comment
  bool is_escaped = false;
  for (const char letter : document) {
    const bool was_escaped =
        std::exchange(is_escaped, inside == '"' && letter == '\\' && !is_escaped);
    if (letter == '\n') {
      ++line;
      inside = 0;
    } else if (inside == 0 && (letter == '"' || letter == '\'' || letter == '#')) {
      inside = letter;
    } else if (inside == letter && letter != '#' && !was_escaped) {
      inside = 0;
    } else if (inside == 0 && static_cast<unsigned char>(letter) >= 0x80) {
      return line;
    }
  }
  return 0;
}

// The same document with a letter for every byte beyond ASCII.
std::string in_ascii(std::string_view document) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  std::string text(document);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c >= 0x80; }, 'x');
  return text;
}

tl::unexpected<Error> not_toml(std::string_view why, const std::string& where = {}) {
  return fail(ErrorCode::invalid_parameter, fmt::format("it is not valid TOML: {}{}", why, where));
}

Result<toml::table> parse(std::string_view document) {
  try {
    return toml::parse(document);
  } catch (const toml::parse_error& failed) {
    return not_toml(failed.description(), fmt::format(" (line {})", failed.source().begin.line));
  } catch (const std::logic_error& failed) {  // of strings and containers inside the library
    return not_toml(failed.what());
  }
}

}  // namespace

Result<toml::table> parse_toml(std::string_view document) {
  // First without what the library may not survive: where it stands is only known of TOML.
  TRY(parse(in_ascii(document)));
  if (const int line = line_beyond_ascii(document); line > 0) {
    return fail(
        ErrorCode::invalid_parameter,
        fmt::format("it has a letter beyond ASCII outside of strings and comments (line {})",
                    line));
  }
  return parse(document);
}

}  // namespace understudy::server
