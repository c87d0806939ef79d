// Unicode: walking over UTF-8 text, and the few classes of characters that reading aloud needs.
#pragma once

#include <string>
#include <string_view>

namespace understudy::speech {

inline constexpr char32_t kBadCharacter = 0xFFFD;

// The character at `at`, which moves behind it. A byte that is no UTF-8 gives kBadCharacter.
char32_t next_character(std::string_view text, std::size_t& at);
void append_character(std::string& text, char32_t character);
bool is_utf8(std::string_view text);
std::size_t count_characters(std::string_view text);

bool is_blank(char32_t c);         // spaces of every width, tabs, ends of lines
bool is_sentence_end(char32_t c);  // . ! ? and their relatives in other scripts
bool is_closing(char32_t c);       // quotes and brackets that may follow the end of a sentence
bool is_opening(char32_t c);
// Ideographs, kana and other scripts written without blanks between words.
bool is_unspaced_script(char32_t c);
// A letter or digit of any script, as far as reading aloud is concerned; pictures are none.
bool is_speakable(char32_t c);

}  // namespace understudy::speech
