#include "cinema/soundtrack.h"

#include <algorithm>
#include <cmath>

#include "library/sounds.h"

namespace understudy::cinema {
namespace {

void add(const library::Mix& sound, double at_s, double gain, bool is_looped,
         std::vector<float>& out) {
  const auto start = static_cast<std::int64_t>(at_s * library::kRate);
  const auto length = static_cast<std::int64_t>(out.size() / 2);
  const std::int64_t own = sound.frames();
  for (std::int64_t i = std::max<std::int64_t>(0, -start);
       start + i < length && (is_looped || i < own); ++i) {
    const auto from = static_cast<std::size_t>(i % own),
               to = static_cast<std::size_t>(start + i) * 2;
    out[to] += static_cast<float>(gain) * sound.left()[from];
    out[to + 1] += static_cast<float>(gain) * sound.right()[from];
  }
}

Result<library::Mix> sound_of(const std::string& id) {
  TRY_ASSIGN(const auto* sound, library::find_sound(id));
  return library::play_sound(*sound);
}

std::string hit_for(Transition transition, Mood mood) {
  if (transition == Transition::whip) return "deep-whoosh";
  if (mood == Mood::epic || mood == Mood::tense) return "impact";
  return {};
}

// Below -1 dBFS, softly.
void limit(std::vector<float>& samples) {
  constexpr float kKnee = 0.7F, kCeiling = 0.88F;
  for (float& sample : samples) {
    const float size = std::abs(sample);
    if (size <= kKnee) continue;
    const float soft = kKnee + (kCeiling - kKnee) * std::tanh((size - kKnee) / (kCeiling - kKnee));
    sample = sample < 0 ? -soft : soft;
  }
}

}  // namespace

Result<std::vector<float>> make_soundtrack(const Direction& direction) {
  const std::int64_t frames = std::int64_t{direction.frame_count} * library::kRate / kFps;
  std::vector<float> samples(static_cast<std::size_t>(frames) * 2);
  if (!direction.music.empty()) {
    TRY_ASSIGN(const auto bed, sound_of(direction.music));
    // Beds open quietly; from a quarter on everything plays.
    add(bed, -15.0, direction.ambience.empty() ? 0.85 : 0.72, true, samples);
  }
  if (!direction.ambience.empty()) {
    TRY_ASSIGN(const auto ambience, sound_of(direction.ambience));
    add(ambience, -0.2, 0.5, true, samples);
  }
  for (std::size_t i = 0; i < direction.shots.size(); ++i) {
    const Shot& shot = direction.shots[i];
    const std::string hit = hit_for(shot.transition, shot.mood);
    if (hit.empty() || (i == 0 && hit != "impact")) continue;
    TRY_ASSIGN(const auto* sound, library::find_sound(hit));
    const auto mix = library::play_sound(*sound);
    add(mix, shot.first_frame / static_cast<double>(kFps) + (i == 0 ? 0.35 : 0) - sound->peak_s,
        0.38, false, samples);
  }
  const auto fade_in = std::min<std::int64_t>(frames / 4, library::kRate * 6 / 10),
             fade_out = std::min<std::int64_t>(frames / 3, library::kRate * 14 / 10);
  for (std::int64_t i = 0; i < frames; ++i) {
    double gain = 1;
    if (i < fade_in) gain = static_cast<double>(i) / static_cast<double>(fade_in);
    if (frames - 1 - i < fade_out)
      gain = std::min(gain, static_cast<double>(frames - 1 - i) / static_cast<double>(fade_out));
    for (std::size_t c = 0; c < 2; ++c)
      samples[static_cast<std::size_t>(i) * 2 + c] *=
          static_cast<float>(gain * gain * (3 - 2 * gain));
  }
  limit(samples);
  return samples;
}

}  // namespace understudy::cinema
