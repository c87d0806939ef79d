#include "products/voices/voice_previews.h"

#include "media/audio.h"
#include "products/voices/voices.h"

namespace understudy::voices {
namespace fs = std::filesystem;

Result<fs::path> VoicePreviews::file(std::string_view voice_id) {
  TRY_ASSIGN(const auto* voice, find_voice(voice_id));
  const fs::path path = folder_ / (voice->id + ".mp3");
  const std::lock_guard lock(mutex_);
  std::error_code error;
  if (fs::exists(path, error)) return path;
  fs::create_directories(folder_, error);
  const speech::SpeechRequest request{.text = voice->preview_text, .voice_id = voice->id};
  TRY_ASSIGN(const auto speech, speech::synthesize(request));
  const fs::path unfinished = folder_ / (voice->id + ".part.mp3");
  TRY(media::write_audio_file(unfinished, speech.samples, media::AudioFormat::mp3));
  fs::rename(unfinished, path, error);
  if (error) {
    return fail_with_detail(ErrorCode::storage_failed, "The preview could not be stored.",
                            error.message());
  }
  return path;
}

}  // namespace understudy::voices
