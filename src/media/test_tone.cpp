#include "media/test_tone.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::media {
namespace {

constexpr int kRate = 48'000;
constexpr int kPeriod = 5 * kRate;
constexpr int kToneLength = kRate / 10;
constexpr double kTones[] = {880, 1320};
constexpr double kLevel = 0.1;

// The tone at a moment of its period; 0 between the tones. Raised-cosine ends, so that it does not
// click.
double tone_at(int moment) {
  const int index = moment / kToneLength;
  if (index >= static_cast<int>(std::size(kTones))) return 0;
  const double part = static_cast<double>(moment % kToneLength) / kToneLength;
  const double envelope = std::min(1.0, 8 * std::min(part, 1 - part));
  const double shape = 0.5 - 0.5 * std::cos(std::numbers::pi * envelope);
  return kLevel * shape * std::sin(2 * std::numbers::pi * kTones[index] * moment / kRate);
}

}  // namespace

void mix_test_tone(std::span<float> samples, int channels) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto frame = static_cast<int>((i / static_cast<std::size_t>(channels)) % kPeriod);
    const double mixed = samples[i] + tone_at(frame);
    samples[i] = static_cast<float>(std::clamp(mixed, -1.0, 1.0));
  }
}

}  // namespace understudy::media
