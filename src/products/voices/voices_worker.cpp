#include "products/voices/voices_worker.h"

#include "media/audio.h"
#include "media/test_tone.h"
#include "products/voices/voices.h"
#include "products/voices/voices_json.h"

namespace understudy::voices {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  const auto request = speech_from_json(context.request());
  // A render that was interrupted speaks again: that is quicker than keeping the sound.
  const auto progress = [&](double fraction) {
    context.progress(0.9 * fraction, "speaking");
    return true;
  };
  TRY_ASSIGN(auto speech, speech::synthesize(request, progress));
  TRY(context.confirm_exact(billable_ms(speech)));
  if (bool_or(context.request(), "is_test", false)) media::mix_test_tone(speech.samples, 1);
  TRY(media::write_audio_file(context.output("speech.wav"), speech.samples,
                              media::AudioFormat::wav));
  context.progress(1, "done");

  const auto* voice = speech::find_voice(request.voice_id);
  const bool is_flite = voice != nullptr && voice->provider == speech::VoiceProvider::flite;
  jobs::RenderOutcome outcome;
  outcome.quantity = billable_ms(speech);
  outcome.outputs["audio"] = {.file = "speech.wav", .mime_type = "audio/wav", .name = "speech.wav"};
  outcome.facts = {{"duration_ms", billable_ms(speech)},
                   {"word_timestamps", word_timestamps_json(speech)},
                   {"providers", json::object{{"speech", is_flite ? "flite" : "espeak-ng"}}}};
  return outcome;
}

}  // namespace understudy::voices
