// SSML (W3C Speech Synthesis Markup Language 1.1, the part below), read into a Script, so that
// every engine speaks it alike.
//
//   speak, p, s, w, token
//   break     time="1.5s|200ms" or strength="none..x-strong": exactly this silence
//   prosody   rate="slow|1.2|120%|+10%"  pitch="high|+2st|-10%"  volume="soft|+6dB|-6dB"
//   emphasis  level="strong|moderate|reduced|none"
//   sub       alias="what is said instead"
//   say-as    interpret-as="characters|spell-out|digits|telephone|..."
//   mark      is ignored
//
// A text without <speak> round it is taken as its content. Anything else is refused with its place
// in the text, document types above all, so entities can neither grow nor reach outside.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "speech/script.h"

namespace understudy::speech {

inline constexpr double kBreakMax = 10;    // seconds, one break
inline constexpr double kBreaksMax = 300;  // seconds, all breaks of a text

// Errors: tts_text_invalid (with line and column).
Result<Script> script_from_ssml(std::string_view ssml,
                                std::span<const Pronunciation> pronunciations = {});

}  // namespace understudy::speech
