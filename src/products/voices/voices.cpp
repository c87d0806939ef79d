#include "products/voices/voices.h"

#include <algorithm>
#include <cmath>

namespace understudy::voices {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "English" finds "English (America)" too, "es" finds "es-ES".
bool is_language(const speech::Voice& voice, std::string_view wanted) {
  const std::string name = lower(voice.language);
  const std::string tag = lower(voice.locale);
  const std::string text = lower(wanted);
  return name == text || name.starts_with(text + " (") || tag == text ||
         tag.starts_with(text + "-");
}

bool is_wanted(const speech::Voice& voice, const VoiceQuery& query) {
  if (query.is_private) return false;
  if (!query.engine.empty() && query.engine != voice.engine) return false;
  if (!query.gender.empty() && query.gender != voice.gender) return false;
  return query.language.empty() || is_language(voice, query.language);
}

}  // namespace

Result<VoicePage> find_voices(const VoiceQuery& query) {
  const auto all = speech::voices();
  auto at = all.begin();
  if (!query.after_id.empty()) {
    at = std::find_if(all.begin(), all.end(),
                      [&](const auto& voice) { return voice.id == query.after_id; });
    if (at == all.end()) {
      return fail(ErrorCode::invalid_parameter,
                  "'token' is not a next_token that this server gave out.", "token");
    }
    ++at;
  }
  VoicePage page;
  for (; at != all.end(); ++at) {
    if (!is_wanted(*at, query)) continue;
    if (static_cast<int>(page.voices.size()) == query.limit) {
      page.has_more = true;
      break;
    }
    page.voices.push_back(&*at);
  }
  return page;
}

Result<const speech::Voice*> find_voice(std::string_view id) {
  const auto* voice = speech::find_voice(id);
  if (voice == nullptr)
    return fail(ErrorCode::voice_not_found, "There is no voice with this id.", "voice_id");
  return voice;
}

Result<speech::SpeechRequest> parse_speech(const json::object& body) {
  speech::SpeechRequest request;
  request.text = string_or(body, "text");
  request.is_ssml = string_or(body, "input_type", "text") == "ssml";
  request.voice_id = string_or(body, "voice_id");
  request.speed = number_or(body, "speed", 1);
  // As a resource an unknown voice is a 404; as a field it is a wrong value.
  const auto* voice = speech::find_voice(request.voice_id);
  if (voice == nullptr) {
    return fail(ErrorCode::invalid_parameter,
                "There is no voice with the id '" + request.voice_id + "'.", "voice_id");
  }
  for (const char* field : {"language", "locale"}) {
    const std::string tag = string_or(body, field);
    if (tag.empty()) continue;
    const bool is_name = std::string_view(field) == "language" && is_language(*voice, tag);
    if (!is_name && !speech::speaks_locale(*voice, tag)) {
      return fail(ErrorCode::invalid_parameter,
                  "'" + std::string(field) + "' asks for " + tag + ", but this voice speaks " +
                      voice->language + " (" + voice->locale + ").",
                  field);
    }
    if (!is_name) request.locale = tag;
  }
  TRY(speech::script_of(request));
  return request;
}

Result<std::int64_t> longest_ms(const speech::SpeechRequest& request) {
  TRY_ASSIGN(const auto script, speech::script_of(request));
  return static_cast<std::int64_t>(std::ceil(1000 * speech::longest_duration_s(script, request)));
}

std::int64_t billable_ms(const speech::Speech& speech) {
  return static_cast<std::int64_t>(speech.samples.size()) * 1000 / speech::kSampleRate;
}

json::object to_json(const speech::SpeechRequest& request) {
  return {{"text", request.text},
          {"is_ssml", request.is_ssml},
          {"voice_id", request.voice_id},
          {"speed", request.speed},
          {"locale", request.locale}};
}

speech::SpeechRequest speech_from_json(const json::object& document) {
  speech::SpeechRequest request;
  request.text = string_or(document, "text");
  request.is_ssml = bool_or(document, "is_ssml", false);
  request.voice_id = string_or(document, "voice_id");
  request.speed = number_or(document, "speed", 1);
  request.locale = string_or(document, "locale");
  return request;
}

}  // namespace understudy::voices
