#include "speech/unicode.h"

#include <array>
#include <cstdint>

namespace understudy::speech {
namespace {

struct Span {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool is_in(const std::array<Span, N>& spans, char32_t c) {
  for (const auto& span : spans) {
    if (c >= span.first && c <= span.last) return true;
  }
  return false;
}

}  // namespace

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead >= 0xF5) return kBadCharacter;
  char32_t c = lead & (0x3F >> more);
  const std::size_t start = at;
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (byte(at) & 0xC0) != 0x80) {
      at = start;
      return kBadCharacter;
    }
    c = (c << 6) | (byte(at++) & 0x3F);
  }
  const char32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
  if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    at = start;
    return kBadCharacter;
  }
  return c;
}

void append_character(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    // A well-formed U+FFFD takes three bytes; anything else that reads as one is broken.
    if (next_character(text, at) == kBadCharacter && at - start != 3) return false;
  }
  return true;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) next_character(text, at);
  return count;
}

bool is_blank(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000 || c == 0xFEFF;
}

bool is_sentence_end(char32_t c) {
  switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026:  // horizontal ellipsis
    case 0x3002:  // ideographic full stop
    case 0xFF01:  // fullwidth ! . ?
    case 0xFF0E:
    case 0xFF1F:
    case 0x0964:  // danda, double danda
    case 0x0965:
    case 0x061F:  // Arabic question mark
    case 0x06D4:  // Urdu full stop
    case 0x1362:  // Ethiopic full stop, question mark
    case 0x1367:
    case 0x104B:  // Myanmar section
    case 0x0589:  // Armenian full stop
    case 0x203C:
    case 0x2047:
    case 0x2048:
    case 0x2049: return true;
    default: return false;
  }
}

bool is_closing(char32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' || c == '*' || c == '_' ||
         c == 0xBB || c == 0x2019 || c == 0x201D || c == 0x203A ||
         (c >= 0x3009 && c <= 0x3011 && c % 2 == 1) || c == 0xFF09;
}

bool is_opening(char32_t c) {
  return c == '"' || c == '\'' || c == '(' || c == '[' || c == '{' || c == '*' || c == '_' ||
         c == 0xAB || c == 0xBF || c == 0xA1 || c == 0x2018 || c == 0x201C || c == 0x2039 ||
         (c >= 0x3008 && c <= 0x3010 && c % 2 == 0) || c == 0xFF08;
}

bool is_unspaced_script(char32_t c) {
  static constexpr std::array<Span, 8> kSpans{{{0x0E00, 0x0EFF},  // Thai, Lao
                                               {0x1000, 0x109F},  // Myanmar
                                               {0x1780, 0x17FF},  // Khmer
                                               {0x3040, 0x30FF},  // kana
                                               {0x3400, 0x4DBF},  // ideographs
                                               {0x4E00, 0x9FFF},
                                               {0xF900, 0xFAFF},
                                               {0x20000, 0x3134F}}};
  return is_in(kSpans, c);
}

bool is_speakable(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  static constexpr std::array<Span, 20> kSilent{
      {{0x80, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},
       {0xBF, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},     {0x0589, 0x058A}, {0x060C, 0x061F},
       {0x06D4, 0x06D4}, {0x0964, 0x0965}, {0x1361, 0x1368}, {0x2000, 0x206F}, {0x20A0, 0x2BFF},
       {0x2E00, 0x2E7F}, {0x3000, 0x303F}, {0xFE00, 0xFE6F}, {0xE000, 0xF8FF}, {0x1F000, 0x1FAFF}}};
  if (c >= 0xFF00 && c <= 0xFF0F) return false;
  if (c >= 0xFF1A && c <= 0xFF20) return false;
  if (c == kBadCharacter || c >= 0xE0000) return false;
  return !is_in(kSilent, c);
}

}  // namespace understudy::speech
