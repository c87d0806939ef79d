// Text: the little of UTF-8 and ASCII that every layer needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy {

// The code points of UTF-8 text; a broken sequence gives U+FFFD for each of its bytes.
std::u32string code_points(std::string_view utf8);
bool is_valid_utf8(std::string_view text);  // RFC 3629: no surrogates, no overlong forms

// What a stranger wrote, as it may be stored and shown: at most `size_max` bytes of UTF-8 without
// control characters but line breaks and tabs; a '?' stands for each byte that is none of this.
std::string printable(std::string_view text, std::size_t size_max);

std::string_view trimmed(std::string_view text);  // without ASCII white space at both ends
std::string lower_case(std::string_view ascii);
// Without case, for comparing: the simple lower-case forms of Unicode. Characters keep their number
// and their order.
std::u32string folded(std::string_view utf8);
std::string to_utf8(std::u32string_view text);
std::vector<std::string> split(std::string_view text, char separator);  // "" gives none

}  // namespace understudy
