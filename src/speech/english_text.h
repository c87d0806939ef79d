// English text as the flite voices take it: ASCII tokens of one spoken piece each. Numbers, dates
// of ISO form, times and ordinals are left to flite, which reads them well; what it does not know
// (currencies other than the dollar, addresses, dates by locale, signs, letters with accents) is
// written out here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy::speech {

struct EnglishToken {
  std::string prepunctuation;  // "(" or "\""
  std::string name;            // letters, digits and inner marks; never empty
  std::string punctuation;     // "," "." "?" ...
};

enum class DateOrder { month_first, day_first };

// One token of a script, e.g. "(£12.50)," -> "twelve..."; empty when nothing in it is spoken. What
// is only punctuation comes back as a name-less token, for the caller to join to the token before.
// Errors: tts_text_invalid (letters that an English voice cannot read).
Result<std::vector<EnglishToken>> english_tokens(std::string_view text, DateOrder order);

}  // namespace understudy::speech
