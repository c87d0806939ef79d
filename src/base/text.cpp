#include "base/text.h"

#include <clocale>
#include <cwctype>

#include <locale.h>
#include <wctype.h>

#include <optional>

namespace understudy {
namespace {

struct Decoded {
  char32_t code_point = 0;
  std::size_t size = 0;  // 0: broken
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 && lead < 0xf5   ? 4
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                                                         : 0;
  if (size == 0 || text.size() < size) return {};
  char32_t value = lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3f);
  }
  const bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (is_overlong || is_surrogate || value > 0x10ffff) return {};
  return {value, size};
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::u32string code_points(std::string_view utf8) {
  std::u32string result;
  result.reserve(utf8.size());
  while (!utf8.empty()) {
    const Decoded next = decode(utf8);
    result += next.size == 0 ? U'\ufffd' : next.code_point;
    utf8.remove_prefix(next.size == 0 ? 1 : next.size);
  }
  return result;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.size == 0) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string printable(std::string_view given, std::size_t size_max) {
  const bool is_cut = given.size() >= size_max;  // or by who read it
  given = given.substr(0, size_max);
  // A cut may fall inside of a character: up to three bytes less are whole again.
  bool is_text = is_valid_utf8(given);
  for (std::size_t cut = 1; is_cut && cut <= 3 && !is_text && cut <= given.size(); ++cut) {
    is_text = is_valid_utf8(given.substr(0, given.size() - cut));
    if (is_text) given.remove_suffix(cut);
  }
  std::string text(given);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f;
    if (is_control || (!is_text && byte >= 0x80)) c = '?';
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string_view ascii) {
  std::string result(ascii);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::u32string folded(std::string_view utf8) {
  // C.UTF-8 is part of the C library: its tables are the same on every machine.
  static const locale_t kUnicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::u32string text = code_points(utf8);
  for (char32_t& c : text) {
    if (kUnicode != nullptr) {
      c = static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), kUnicode));
    } else if (c >= 'A' && c <= 'Z') {
      c = c - 'A' + 'a';
    }
  }
  return text;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else if (c < 0x10000) {
      out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      out += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
              static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
    }
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  std::size_t start = 0;
  while (true) {
    const auto end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end == std::string_view::npos ? end : end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

}  // namespace understudy
