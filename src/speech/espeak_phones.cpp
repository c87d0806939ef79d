#include "speech/espeak_phones.h"

#include <algorithm>
#include <array>
#include <utility>

namespace understudy::speech {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

// Longer spellings first where one starts another.
constexpr Row kRows[] = {
    // diphthongs
    {"aɪ", "ay"},
    {"ai", "ay"},
    {"ɑɪ", "ay"},
    {"aj", "ay"},
    {"aʊ", "aw"},
    {"au", "aw"},
    {"ɑʊ", "aw"},
    {"eɪ", "ey"},
    {"ei", "ey"},
    {"ɛɪ", "ey"},
    {"oʊ", "ow"},
    {"ou", "ow"},
    {"əʊ", "ow"},
    {"ɔɪ", "oy"},
    {"oɪ", "oy"},
    {"oi", "oy"},
    {"ɔø", "oy"},
    {"ɔy", "oy"},
    {"œy", "oy"},
    {"ɪə", "iy"},
    {"ʊə", "uw"},
    // affricates
    {"tʃ", "ch"},
    {"tɕ", "ch"},
    {"tʂ", "ch"},
    {"ʈʂ", "ch"},
    {"dʒ", "jh"},
    {"dʑ", "jh"},
    {"dʐ", "jh"},
    {"ts", "s"},
    {"dz", "z"},
    {"pf", "f"},
    // vowels
    {"a", "aa"},
    {"ä", "aa"},
    {"ɐ", "ah"},
    {"ɑ", "aa"},
    {"æ", "ae"},
    {"e", "eh"},
    {"ɛ", "eh"},
    {"ə", "ax"},
    {"ɘ", "ax"},
    {"ɜ", "er"},
    {"ɚ", "er"},
    {"ɝ", "er"},
    {"ɞ", "er"},
    {"i", "iy"},
    {"ɪ", "ih"},
    {"ɨ", "ih"},
    {"ɯ", "ih"},
    {"y", "uw"},
    {"ʏ", "uh"},
    {"ø", "uh"},
    {"œ", "uh"},
    {"ɵ", "uh"},
    {"o", "ow"},
    {"ɔ", "ao"},
    {"ɒ", "ao"},
    {"u", "uw"},
    {"ʉ", "uw"},
    {"ʊ", "uh"},
    {"ʌ", "ah"},
    {"ɤ", "ah"},
    // lips
    {"p", "p"},
    {"b", "b"},
    {"ɓ", "b"},
    {"ʙ", "b"},
    {"m", "m"},
    {"f", "f"},
    {"v", "v"},
    {"ɱ", "m"},
    {"ɸ", "f"},
    {"β", "v"},
    {"ʋ", "v"},
    {"ⱱ", "v"},
    {"w", "w"},
    {"ʍ", "w"},
    {"ɥ", "w"},
    {"ʘ", "p"},
    // tongue
    {"θ", "th"},
    {"ð", "dh"},
    {"t", "t"},
    {"ʈ", "t"},
    {"d", "d"},
    {"ɖ", "d"},
    {"ɗ", "d"},
    {"ᶑ", "d"},
    {"n", "n"},
    {"ɳ", "n"},
    {"ɲ", "n"},
    {"ŋ", "ng"},
    {"ɴ", "ng"},
    {"s", "s"},
    {"z", "z"},
    {"ʃ", "sh"},
    {"ɕ", "sh"},
    {"ʂ", "sh"},
    {"ʒ", "zh"},
    {"ʑ", "zh"},
    {"ʐ", "zh"},
    {"l", "l"},
    {"ɫ", "l"},
    {"ɭ", "l"},
    {"ʎ", "l"},
    {"ɬ", "l"},
    {"ɮ", "l"},
    {"ʟ", "l"},
    {"ɺ", "l"},
    {"r", "r"},
    {"ɾ", "r"},
    {"ɹ", "r"},
    {"ʀ", "r"},
    {"ʁ", "r"},
    {"ɻ", "r"},
    {"ɽ", "r"},
    {"j", "y"},
    {"ʝ", "y"},
    {"ʲ", "y"},
    // throat
    {"k", "k"},
    {"c", "k"},
    {"q", "k"},
    {"g", "g"},
    {"ɡ", "g"},
    {"ɟ", "g"},
    {"ɢ", "g"},
    {"ɠ", "g"},
    {"ʛ", "g"},
    {"x", "hh"},
    {"χ", "hh"},
    {"ħ", "hh"},
    {"h", "hh"},
    {"ɦ", "hh"},
    {"ç", "hh"},
    {"ɣ", "g"},
    {"ɰ", "g"},
    {"ʔ", "hh"},
    {"ʕ", "hh"},
    {"ʜ", "hh"},
    {"ʢ", "hh"},
    {"ʡ", "hh"},
    {"ǀ", "t"},
    {"ǁ", "l"},
    {"ǂ", "t"},
    {"ǃ", "t"},
    {"!", "t"},
    {"ɧ", "sh"},
};

constexpr std::array kVowels{"aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh",
                             "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"};

}  // namespace

std::string arpabet_from_ipa(std::string_view ipa) {
  if (!ipa.empty() && ipa.front() == '(')
    return "pau";  // "(en)": the words that follow are English
  // What stands before the first letter we know (stress, ties, prenasal marks) is passed over.
  while (!ipa.empty()) {
    for (const auto& [sign, phone] : kRows) {
      if (ipa.substr(0, sign.size()) == sign) return std::string(phone);
    }
    ipa.remove_prefix(1);
    while (!ipa.empty() && (static_cast<unsigned char>(ipa.front()) & 0xC0) == 0x80)
      ipa.remove_prefix(1);
  }
  return "pau";
}

bool is_vowel_phone(std::string_view arpabet) {
  return std::find(kVowels.begin(), kVowels.end(), arpabet) != kVowels.end();
}

}  // namespace understudy::speech
