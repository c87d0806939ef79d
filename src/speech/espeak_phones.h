// Phones of every language of espeak-ng (IPA) as the English ones (ARPAbet) with the nearest mouth
// shape: lips that close close, lips that round round.
#pragma once

#include <string>
#include <string_view>

namespace understudy::speech {

// "tʃ" -> "ch", "yː" -> "uw", "" and marks of a language switch -> "pau".
std::string arpabet_from_ipa(std::string_view ipa);

bool is_vowel_phone(std::string_view arpabet);

}  // namespace understudy::speech
