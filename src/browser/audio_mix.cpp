#include "browser/audio_mix.h"

#include <algorithm>
#include <cmath>

#include "media/audio.h"
#include "media/tempo.h"

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
  // One channel is heard from both sides as loud as it is: decoded as two it would lose 3 dB.
  const int decoded_channels = element.channels == 1 ? 1 : kChannels;
  auto clip = media::decode_audio(element.file, decoded_channels);
  if (!clip) {
    return fail(ErrorCode::hyperframes_project_invalid,
                "'" + element.file.filename().string() + "': " + clip.error().message, "project");
  }
  auto& samples = clip->samples;
  if (decoded_channels == 1) {
    std::vector<float> both(samples.size() * 2);
    for (std::size_t i = 0; i < samples.size(); ++i) both[2 * i] = both[2 * i + 1] = samples[i];
    samples = std::move(both);
  }
  samples.erase(samples.begin(),
                samples.begin() + static_cast<std::ptrdiff_t>(
                                      std::min(samples.size(), values_of(element.media_start_s))));
  const std::size_t needed = values_of(length_s * element.rate);
  if (element.is_looped && !samples.empty()) {
    const std::size_t once = samples.size();
    samples.reserve(needed);
    while (samples.size() < needed) {
      const std::size_t more = std::min(once, needed - samples.size());
      samples.insert(samples.end(), samples.begin(),
                     samples.begin() + static_cast<std::ptrdiff_t>(more));
    }
  }
  if (samples.size() > needed) samples.resize(needed);
  if (std::abs(element.rate - 1) < 1e-6 || samples.empty()) return std::move(samples);
  return media::change_tempo(samples, kChannels, element.rate);
}

// The animated volume, or the one that was written, at a time of the whole composition.
double gain_at(const MediaElement& element, double time_s) {
  double gain = element.volume;
  if (!element.volumes.empty()) {
    const auto next = std::upper_bound(
        element.volumes.begin(), element.volumes.end(), time_s,
        [](double time, const MediaElement::Volume& volume) { return time < volume.time_s; });
    if (next == element.volumes.begin()) {
      gain = next->gain;
    } else if (next == element.volumes.end()) {
      gain = std::prev(next)->gain;
    } else {
      const auto before = std::prev(next);
      const double share = (time_s - before->time_s) / (next->time_s - before->time_s);
      gain = before->gain + (next->gain - before->gain) * share;
    }
  }
  const double since = time_s - element.start_s;
  const double left = element.end_s - time_s;
  if (element.fade_in_s > 0) gain *= std::clamp(since / element.fade_in_s, 0.0, 1.0);
  if (element.fade_out_s > 0) gain *= std::clamp(left / element.fade_out_s, 0.0, 1.0);
  return gain;
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
    const std::size_t count = std::min(samples.size(), mix.size() - std::min(mix.size(), first));
    const bool is_constant =
        element.volumes.empty() && element.fade_in_s <= 0 && element.fade_out_s <= 0;
    double gain = element.volume;
    for (std::size_t i = 0; i < count; i += kChannels) {
      if (!is_constant) {
        gain = gain_at(element, static_cast<double>((first + i) / kChannels) / media::kAudioRate);
      }
      for (std::size_t channel = 0; channel < kChannels; ++channel) {
        mix[first + i + channel] += static_cast<float>(samples[i + channel] * gain);
      }
    }
  }
  return mix;
}

}  // namespace understudy::browser
