// Sounds: the music beds and the sound effects as one library, with what an answer says of each.
// Any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "library/ranking.h"
#include "library/synth.h"

namespace understudy::library {

inline constexpr int kSoundVersion = 1;  // changes when a sound is made differently

enum class SoundType { music, effect };

struct Sound {
  std::string_view id;
  std::string_view name;
  std::string_view tags;
  std::string_view description;
  SoundType type = SoundType::music;
  double seconds = 0;
  double peak_s = 0;           // of an effect that is no bed
  std::string_view placement;  // "hit", "riser" or "bed"
};

std::span<const Sound> sounds(SoundType type);

// Errors: not_found.
Result<const Sound*> find_sound(std::string_view id);

// Two seconds of work at most. Requires: one of sounds()
Mix play_sound(const Sound& sound);

// Over sounds(type), in their order.
const Ranking& sound_ranking(SoundType type);

}  // namespace understudy::library
