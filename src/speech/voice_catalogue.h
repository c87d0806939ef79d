// The voices that speak: named English voices (flite's three statistical voices and variants of
// them) and two voices for every language of espeak-ng. The list is fixed at build time, so an id
// means the same voice forever: it is the start of a hash over the voice's key, which never
// changes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace understudy::speech {

enum class VoiceProvider { flite, espeak };

struct Voice {
  std::string key;       // "flite/clara": what the id is made of
  std::string id;        // 32 lower-case hex digits
  std::string name;      // "Clara"
  std::string language;  // "English", "Spanish (Spain)"
  std::string locale;    // "en-US", BCP 47
  std::string gender;    // "female" | "male"
  std::string engine;    // "starfish"
  VoiceProvider provider = VoiceProvider::flite;
  // flite: "slt", "rms", "awb"; espeak: the name of the espeak-ng voice, "roa/es".
  std::string parent;
  std::string variant;  // espeak: "f3" or empty

  // How a variant differs from its parent; flite only.
  double semitones = 0;      // of its median pitch
  double formant_scale = 1;  // > 1: a shorter throat, formants are higher
  double pitch_range = 1;    // > 1: livelier
  double rate = 1;           // > 1: faster

  std::string preview_text;

  bool is_named() const { return provider == VoiceProvider::flite; }
};

// The named voices first.
std::span<const Voice> voices();

// nullptr when there is none.
const Voice* find_voice(std::string_view id);

// The voice for scripts that name none: the first named one of this gender ("female", "male" or
// empty for any).
const Voice& default_voice(std::string_view gender = {});

// Whether a BCP 47 tag names the voice's language ("en", "en-GB" and "EN-us" for an English one).
bool speaks_locale(const Voice& voice, std::string_view locale);

}  // namespace understudy::speech
