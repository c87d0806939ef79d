#include "speech/synthesizer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/loudness.h"
#include "speech/flite_engine.h"
#include "speech/prosody_track.h"
#include "speech/speech_join.h"
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

Result<EngineSpeech> speak(const Sentence& sentence, const Voice& voice,
                           const SpeechRequest& request) {
  const Delivery delivery{.rate = request.speed, .semitones = request.pitch_semitones};
  return speak_flite(sentence, voice, delivery, date_order(request, voice));
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
  Script script = script_from_text(request.text);
  if (script.sentences.empty()) {
    return fail(ErrorCode::invalid_parameter, "the text has nothing that can be spoken", "text");
  }
  return script;
}

Result<Speech> synthesize(const SpeechRequest& request, const ProgressFn& on_progress) {
  TRY_ASSIGN(const Voice* voice, check(request));
  TRY_ASSIGN(const Script script, script_of(request));
  SpeechJoin join(script);
  for (std::size_t i = 0; i < script.sentences.size(); ++i) {
    TRY_ASSIGN(EngineSpeech spoken, speak(script.sentences[i], *voice, request));
    join.add(i, std::move(spoken));
    const double done =
        0.95 * static_cast<double>(i + 1) / static_cast<double>(script.sentences.size());
    if (on_progress && !on_progress(done))
      return fail(ErrorCode::cancelled, "the job was cancelled");
  }
  Speech speech = join.finish();
  if (speech.phones.empty()) {
    return fail(ErrorCode::invalid_parameter, "the text has nothing that can be spoken", "text");
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
