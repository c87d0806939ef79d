#include "library/sounds.h"

#include <algorithm>
#include <vector>

#include "library/effects.h"
#include "library/music.h"
#include "library/tags.h"

namespace understudy::library {
namespace {

std::vector<Sound> make_music() {
  std::vector<Sound> made;
  for (const Bed& bed : beds()) {
    made.push_back({.id = bed.id,
                    .name = bed.name,
                    .tags = bed.tags,
                    .description = bed.description,
                    .type = SoundType::music,
                    .seconds = kBedSeconds,
                    .placement = "bed"});
  }
  return made;
}

std::vector<Sound> make_effects() {
  std::vector<Sound> made;
  for (const Effect& effect : effects()) {
    made.push_back({.id = effect.id,
                    .name = effect.name,
                    .tags = effect.tags,
                    .description = effect.description,
                    .type = SoundType::effect,
                    .seconds = effect.seconds,
                    .peak_s = effect.peak_s,
                    .placement = effect.placement});
  }
  return made;
}

}  // namespace

std::span<const Sound> sounds(SoundType type) {
  static const std::vector<Sound> kMusic = make_music();
  static const std::vector<Sound> kEffects = make_effects();
  return type == SoundType::music ? kMusic : kEffects;
}

Result<const Sound*> find_sound(std::string_view id) {
  for (const auto type : {SoundType::music, SoundType::effect}) {
    for (const Sound& sound : sounds(type)) {
      if (sound.id == id) return &sound;
    }
  }
  return fail(ErrorCode::not_found, "There is no sound with this id.");
}

Mix play_sound(const Sound& sound) {
  if (sound.type == SoundType::music) {
    const auto all = beds();
    return play_bed(
        *std::find_if(all.begin(), all.end(), [&](const Bed& bed) { return bed.id == sound.id; }));
  }
  const auto all = effects();
  return play_effect(*std::find_if(all.begin(), all.end(),
                                   [&](const Effect& effect) { return effect.id == sound.id; }));
}

const Ranking& sound_ranking(SoundType type) {
  static const Ranking kMusic(
      tagged(sounds(SoundType::music)),
      {"music",  "song",  "songs",        "track", "tracks", "tune",       "soundtrack",
       "audio",  "bgm",   "instrumental", "bed",   "loop",   "background", "video",
       "videos", "sound", "score",        "theme", "type",   "style"});
  static const Ranking kEffects(
      tagged(sounds(SoundType::effect)),
      {"sound", "sounds", "effect", "effects", "sfx", "audio", "fx", "foley", "video", "sample"});
  return type == SoundType::music ? kMusic : kEffects;
}

}  // namespace understudy::library
