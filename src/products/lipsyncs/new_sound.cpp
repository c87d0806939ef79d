#include "products/lipsyncs/new_sound.h"

#include <algorithm>
#include <cmath>

#include "media/audio.h"
#include "media/loudness.h"
#include "media/sound_cleaning.h"

namespace understudy::lipsyncs {
namespace {

constexpr double kFade_s = 0.02;  // where the film's music is cut

// The film's own sound without its speech, as long as the result. Empty: there is no music in it.
Result<std::vector<float>> music_of(jobs::RenderContext& context, const Span& span,
                                    std::size_t length) {
  TRY_ASSIGN(const auto film, context.input("video"));
  auto clip = media::decode_audio(film.file, 1);
  if (!clip) {
    if (clip.error().code == ErrorCode::no_audio_track) return std::vector<float>();
    return tl::make_unexpected(std::move(clip).error());
  }
  const auto at = [&](double s) {
    return std::min(clip->samples.size(),
                    static_cast<std::size_t>(std::max(0.0, s) * media::kAudioRate));
  };
  const std::size_t from = at(span.start_s), to = std::max(from, at(span.end_s));
  std::vector<float> music =
      media::without_speech(std::span(clip->samples).subspan(from, to - from));
  if (music.empty()) return music;
  // A longer result hears it again, from its beginning.
  const std::size_t once = music.size();
  std::vector<float> out(length);
  const auto fade = static_cast<std::size_t>(kFade_s * media::kAudioRate);
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t place = i % once;
    const std::size_t left = std::min({place, once - 1 - place, length - 1 - i, i});
    const float gain = left < fade ? static_cast<float>(left) / static_cast<float>(fade) : 1.0F;
    out[i] = music[place] * gain;
  }
  return out;
}

}  // namespace

Result<NewSound> make_sound(jobs::RenderContext& context, const Request& request, const Span& span,
                            double length_s) {
  TRY_ASSIGN(const auto input, context.input("audio"));
  NewSound sound;
  if (request.is_sound_enhanced) {
    TRY_ASSIGN(auto clip, media::decode_audio(input.file, 1));
    TRY_ASSIGN(sound.samples, media::without_noise(clip.samples));
    media::normalise_loudness(sound.samples, media::kAudioRate, media::kSpeechLufs);
  } else {
    TRY_ASSIGN(auto clip, media::decode_audio(input.file, 2));
    sound.samples = std::move(clip.samples);
    sound.channels = clip.channels;
  }
  const auto frames = static_cast<std::size_t>(std::llround(length_s * media::kAudioRate));
  sound.samples.resize(frames * static_cast<std::size_t>(sound.channels), 0.0F);
  if (request.drops_music) return sound;
  TRY_ASSIGN(const auto music, music_of(context, span, frames));
  if (music.empty()) return sound;
  sound.has_music = true;
  const auto channels = static_cast<std::size_t>(sound.channels);
  for (std::size_t i = 0; i < frames; ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      sound.samples[i * channels + c] =
          std::clamp(sound.samples[i * channels + c] + music[i], -0.98F, 0.98F);
  }
  return sound;
}

}  // namespace understudy::lipsyncs
