// Voices: the catalogue as clients search it, and speech from a text without a picture. This file
// is the product's rules. No HTTP, no SQL. Contract: GET /v3/voices, POST /v3/voices/speech.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "speech/synthesizer.h"
#include "speech/voice_catalogue.h"

namespace understudy::voices {

inline constexpr std::string_view kPriceItem = "speech.starfish";

struct VoiceQuery {
  bool is_private = false;  // voices of the account's own: none exist yet
  std::string engine = {};  // empty: any
  std::string language =
      {};  // a name ("English", "Spanish (Spain)") or a tag ("es", "es-ES"), any case
  std::string gender = {};
  std::string after_id = {};  // go on behind this one
  int limit = 20;
};

struct VoicePage {
  std::vector<const speech::Voice*> voices;
  bool has_more = false;
};

// In the catalogue's order, named voices first. Errors: invalid_parameter (token: no such voice).
Result<VoicePage> find_voices(const VoiceQuery& query);

// Errors: voice_not_found with param voice_id.
Result<const speech::Voice*> find_voice(std::string_view id);

// Reads a body of POST /v3/voices/speech that the schema has accepted.
// Errors: invalid_parameter, tts_text_invalid, each with its field.
Result<speech::SpeechRequest> parse_speech(const json::object& body);

// An upper bound of the length, from the text's own words and pauses. Errors: as above.
Result<std::int64_t> longest_ms(const speech::SpeechRequest& request);

// What is billed: floor(1000 x samples / rate).
std::int64_t billable_ms(const speech::Speech& speech);

// The document the worker gets, and back.
json::object to_json(const speech::SpeechRequest& request);
speech::SpeechRequest speech_from_json(const json::object& document);

}  // namespace understudy::voices
