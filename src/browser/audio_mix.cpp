#include "browser/audio_mix.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "media/audio.h"

namespace understudy::browser {
namespace {

constexpr int kChannels = 2;

// Times come from pages: what is longer than any render is as long as the longest.
std::size_t values_of(double seconds) {
  constexpr double kMost_s = 24 * 3600;
  return static_cast<std::size_t>(
             std::llround(std::clamp(seconds, 0.0, kMost_s) * media::kAudioRate)) *
         kChannels;
}

// Decoded sound from the element's offset on, as long as the element lasts at most.
Result<std::vector<float>> source_of(const MediaElement& element, double length_s) {
  auto clip = media::decode_cut(
      element.file,
      {.start_s = element.media_start_s, .length_s = length_s, .factor = element.rate});
  if (!clip) {
    return fail(ErrorCode::hyperframes_project_invalid,
                "'" + element.file.filename().string() + "': " + clip.error().message, "project");
  }
  auto& samples = clip->samples;
  const std::size_t needed = values_of(length_s);
  if (element.is_looped && !samples.empty()) {
    const std::size_t once = samples.size();
    samples.reserve(needed);
    while (samples.size() < needed) {
      const std::size_t more = std::min(once, needed - samples.size());
      samples.insert(samples.end(), samples.begin(),
                     samples.begin() + static_cast<std::ptrdiff_t>(more));
    }
  }
  return std::move(samples);
}

// Animated volumes give steps of 16 bits too.
float rounded_to_16_bits(double value) {
  return static_cast<float>(std::clamp(std::floor(value * 32768 + 0.5), -32768.0, 32767.0) / 32768);
}

// The animated volume at a time of the whole composition.
double volume_at(const std::vector<MediaElement::Volume>& volumes, double time_s) {
  const auto next = std::upper_bound(
      volumes.begin(), volumes.end(), time_s,
      [](double time, const MediaElement::Volume& volume) { return time < volume.time_s; });
  if (next == volumes.begin()) return next->gain;
  const auto before = std::prev(next);
  if (next == volumes.end()) return before->gain;
  const double share = (time_s - before->time_s) / (next->time_s - before->time_s);
  return before->gain + (next->gain - before->gain) * share;
}

double fade_at(const MediaElement& element, double since_s, double length_s) {
  double gain = 1;
  if (element.fade_in_s > 0) gain *= std::clamp(since_s / element.fade_in_s, 0.0, 1.0);
  if (element.fade_out_s > 0) {
    gain *= std::clamp((length_s - since_s) / element.fade_out_s, 0.0, 1.0);
  }
  return gain;
}

// Adds an element's sound, `gains` applied, to the mix from `first` on.
void add(const MediaElement& element, std::span<const float> samples, double length_s,
         std::span<float> mix) {
  const bool is_animated = !element.volumes.empty();
  const auto gain = static_cast<float>(element.volume);
  for (std::size_t i = 0; i < std::min(samples.size(), mix.size()); ++i) {
    const double since_s = static_cast<double>(i / kChannels) / media::kAudioRate;
    float value = samples[i];
    value = is_animated
                ? rounded_to_16_bits(value * volume_at(element.volumes, element.start_s + since_s))
                : value * gain;
    if (element.fade_in_s > 0 || element.fade_out_s > 0) {
      value *= static_cast<float>(fade_at(element, since_s, length_s));
    }
    mix[i] += value;
  }
}

}  // namespace

Result<std::vector<float>> mix_audio(const std::vector<MediaElement>& media, double duration_s) {
  std::vector<float> mix;
  for (const auto& element : media) {
    const double length_s = std::min(element.end_s, duration_s) - element.start_s;
    if (!element.is_heard || length_s <= 0) continue;
    TRY_ASSIGN(const auto samples, source_of(element, length_s));
    if (mix.empty()) mix.resize(values_of(duration_s), 0.0F);
    // The contract counts delays in whole milliseconds.
    const std::size_t first = values_of(std::round(element.start_s * 1000) / 1000);
    const auto rest = std::span(mix).subspan(std::min(first, mix.size()));
    add(element, samples, element.end_s - element.start_s, rest);
  }
  return mix;
}

}  // namespace understudy::browser
