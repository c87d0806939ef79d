#include "speech/synthesizer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/loudness.h"
#include "speech/espeak_engine.h"
#include "speech/flite_engine.h"
#include "speech/prosody_track.h"
#include "speech/speech_join.h"
#include "speech/ssml.h"
#include "speech/stress.h"
#include "speech/unicode.h"

namespace understudy::speech {
namespace {

Result<const Voice*> check(const SpeechRequest& request) {
  const Voice* voice = find_voice(request.voice_id);
  if (voice == nullptr) {
    return fail(ErrorCode::voice_not_found, "there is no voice with the id " + request.voice_id,
                "voice_id");
  }
  if (!(request.speed >= 0.5 && request.speed <= 2)) {
    return fail(ErrorCode::invalid_parameter, "speed must be from 0.5 to 2", "speed");
  }
  if (!(request.volume >= 0 && request.volume <= 1)) {
    return fail(ErrorCode::invalid_parameter, "volume must be from 0 to 1", "volume");
  }
  if (!(std::abs(request.pitch_semitones) <= 24)) {
    return fail(ErrorCode::invalid_parameter, "pitch must stay within two octaves", "pitch");
  }
  return voice;
}

DateOrder date_order(const SpeechRequest& request, const Voice& voice) {
  const std::string& locale = request.locale.empty() ? voice.locale : request.locale;
  return locale == "en-US" || locale == "en" ? DateOrder::month_first : DateOrder::day_first;
}

// Whichever engine a voice has.
class Engines {
 public:
  Engines(const SpeechRequest& request, const Voice& voice)
      : voice_(voice),
        delivery_{.rate = request.speed, .semitones = request.pitch_semitones},
        order_(date_order(request, voice)) {}

  Result<EngineSpeech> speak(const Sentence& sentence) {
    switch (voice_.provider) {
      case VoiceProvider::flite: return speak_flite(sentence, voice_, delivery_, order_);
      case VoiceProvider::espeak: return espeak_.speak(sentence, voice_, delivery_);
    }
    return EngineSpeech{};
  }

 private:
  const Voice& voice_;
  Delivery delivery_;
  DateOrder order_;
  EspeakEngine espeak_;
};

// Seconds that a character may take at the usual speed, rounded up from the slowest voices:
// capitals are spelled, digits and signs become words, marks pause.
double longest_character_s(char32_t c, bool is_first) {
  constexpr std::string_view kVowels = "aeiouyAEIOUY";
  const bool is_small = c >= 'a' && c <= 'z';
  const bool is_capital = c >= 'A' && c <= 'Z';
  if (is_small || (is_capital && is_first)) {
    return kVowels.find(static_cast<char>(c)) != std::string_view::npos ? 0.12 : 0.06;
  }
  if (is_capital) return 0.75;
  if (c == '\'' || c == 0x2019 || c == '"' || c == '(' || c == ')') return 0.02;
  if (c == ',' || c == '.' || c == ';' || c == ':' || c == '!' || c == '?') return 0.3;
  if (c >= 0xC0 && c < 0x590) return 0.17;  // Latin, Greek, Cyrillic, Armenian
  if (is_unspaced_script(c)) return 0.6;
  return c < 0x590 || !is_speakable(c) ? 0.9 : 0.35;
}

}  // namespace

double semitones_from_pitch(double pitch) { return pitch * 12 / 100; }

Result<Script> script_of(const SpeechRequest& request) {
  if (!is_utf8(request.text)) {
    return fail(ErrorCode::tts_text_invalid, "the text is not valid UTF-8", "text");
  }
  if (count_characters(request.text) > kTextMax) {
    return fail(ErrorCode::invalid_parameter,
                "the text is longer than " + std::to_string(kTextMax) + " characters", "text");
  }
  Script script;
  if (request.is_ssml) {
    TRY_ASSIGN(script, script_from_ssml(request.text, request.pronunciations));
  } else {
    script = script_from_text(request.text, request.pronunciations);
  }
  if (script.sentences.empty()) {
    return fail(ErrorCode::invalid_parameter, "the text has nothing that can be spoken", "text");
  }
  return script;
}

double longest_duration_s(const Script& script, const SpeechRequest& request) {
  constexpr double kPerToken = 0.05;
  constexpr double kPerSentence = 0.5;
  constexpr double kAtLeast = 1.5;
  constexpr double kSlowParent = 1.13;  // rms, against the others
  const Voice* voice = find_voice(request.voice_id);
  const bool is_slow = voice != nullptr && voice->parent == "rms";
  const double pace =
      request.speed * (voice == nullptr ? 1 : voice->rate) / (is_slow ? kSlowParent : 1);
  double seconds = script.lead_silence_s + kAtLeast;
  for (const auto& sentence : script.sentences) {
    seconds += kPerSentence / pace + sentence.pause_after_s.value_or(0);
    for (const auto& token : sentence.tokens) {
      double length = kPerToken;
      for (std::size_t at = 0; at < token.text.size();) {
        const bool is_first = at == 0;
        length += longest_character_s(next_character(token.text, at), is_first);
      }
      seconds += length / (pace * std::min(token.prosody.rate, 1.0));
    }
  }
  return seconds;
}

Result<Speech> synthesize(const SpeechRequest& request, const ProgressFn& on_progress) {
  TRY_ASSIGN(const Voice* voice, check(request));
  TRY_ASSIGN(const Script script, script_of(request));
  SpeechJoin join(script);
  Engines engines(request, *voice);
  for (std::size_t i = 0; i < script.sentences.size(); ++i) {
    TRY_ASSIGN(EngineSpeech spoken, engines.speak(script.sentences[i]));
    join.add(i, std::move(spoken));
    const double done =
        0.95 * static_cast<double>(i + 1) / static_cast<double>(script.sentences.size());
    if (on_progress && !on_progress(done))
      return fail(ErrorCode::cancelled, "the job was cancelled");
  }
  Speech speech = join.finish();
  const bool is_heard = std::any_of(speech.phones.begin(), speech.phones.end(),
                                    [](const Phone& phone) { return phone.symbol != "pau"; });
  if (!is_heard) {
    return fail(
        ErrorCode::tts_text_invalid,
        "the voice " + voice->name + " cannot say this text; choose a voice of its language",
        "text");
  }
  media::normalise_loudness(speech.samples, kSampleRate, media::kSpeechLufs);
  ProsodyTrack prosody = track_prosody(speech.samples, kSampleRate);
  speech.pitch_hz = std::move(prosody.pitch_hz);
  speech.energy_db = std::move(prosody.energy_db);
  mark_strong_words(speech);
  if (request.volume != 1) {
    for (auto& sample : speech.samples) sample *= static_cast<float>(request.volume);
  }
  if (on_progress && !on_progress(1)) return fail(ErrorCode::cancelled, "the job was cancelled");
  return speech;
}

}  // namespace understudy::speech
