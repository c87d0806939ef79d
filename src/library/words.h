// Words of a search: what is said and what is tagged, brought to the same form.
//
// English; stems by Snowball's English stemmer (libstemmer). Words of other scripts stay as they
// are. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::library {

// "Lo-fi beats!" gives lo, fi, beats: lower case, letters and digits; bytes above ASCII are
// letters.
std::vector<std::string> words_of(std::string_view text);

std::string stem_of(const std::string& word);

// Words that say nothing about what is looked for: "the", "for", "please".
bool is_filler(std::string_view word);

// Stems of words that mean nearly the same, without the stem itself.
const std::vector<std::string>& synonyms_of(const std::string& stem);

}  // namespace understudy::library
