#include "speech/prosody_track.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/resample.h"
#include "speech/speech.h"

namespace understudy::speech {
namespace {

constexpr int kRate = 8000;   // Hz: four harmonics of a high voice
constexpr int kWindow = 240;  // samples: 30 ms
constexpr int kLagMin = kRate / 500;
constexpr int kLagMax = kRate / 60;
constexpr float kVoicing = 0.55F;  // correlation above which a frame is voiced
constexpr float kRangeDb = 45;     // frames this far below the loudest are silent
constexpr float kFloorDb = -90;

float dot(const float* a, const float* b, int count) {
  std::array<float, 8> sums{};  // lets the compiler use vector registers
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int j = 0; j < 8; ++j) sums[static_cast<std::size_t>(j)] += a[i + j] * b[i + j];
  }
  float sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (const float s : sums) sum += s;
  return sum;
}

// One frame; `x` has kWindow + kLagMax samples. 0 when it has no pitch.
float frame_pitch(const float* x) {
  std::array<float, kLagMax + 2> score{};
  const float own = dot(x, x, kWindow);
  float shifted = dot(x + kLagMin - 1, x + kLagMin - 1, kWindow);
  float best = 0;
  for (int lag = kLagMin - 1; lag <= kLagMax; ++lag) {
    const float scale = own * shifted;
    score[static_cast<std::size_t>(lag)] =
        scale > 1e-12F ? dot(x, x + lag, kWindow) / std::sqrt(scale) : 0;
    if (lag >= kLagMin) best = std::max(best, score[static_cast<std::size_t>(lag)]);
    shifted += x[lag + kWindow] * x[lag + kWindow] - x[lag] * x[lag];
    shifted = std::max(shifted, 0.0F);
  }
  if (best < kVoicing) return 0;
  // The shortest period that is nearly as good: multiples of it score as high.
  for (int lag = kLagMin; lag < kLagMax; ++lag) {
    const auto at = static_cast<std::size_t>(lag);
    if (score[at] < 0.9F * best || score[at] < score[at - 1] || score[at] < score[at + 1]) continue;
    const float bend = score[at - 1] - 2 * score[at] + score[at + 1];
    const float shift = bend < 0 ? 0.5F * (score[at - 1] - score[at + 1]) / bend : 0;
    return kRate / (static_cast<float>(lag) + shift);
  }
  return 0;
}

std::vector<float> median_of_five(const std::vector<float>& values) {
  std::vector<float> out(values.size());
  const auto count = static_cast<std::ptrdiff_t>(values.size());
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::array<float, 5> near{};
    for (std::ptrdiff_t j = -2; j <= 2; ++j) {
      near[static_cast<std::size_t>(j + 2)] =
          values[static_cast<std::size_t>(std::clamp(i + j, std::ptrdiff_t{0}, count - 1))];
    }
    std::nth_element(near.begin(), near.begin() + 2, near.end());
    out[static_cast<std::size_t>(i)] = near[2];
  }
  return out;
}

}  // namespace

ProsodyTrack track_prosody(std::span<const float> mono, int rate) {
  std::vector<float> x = media::resample(mono, rate, kRate);
  const std::size_t frames = (x.size() * kProsodyRate + kRate - 1) / kRate;
  // Frames are centred on their time: half a window of silence before, a window and a lag behind.
  x.insert(x.begin(), kWindow / 2, 0.0F);
  x.resize(x.size() + kWindow + kLagMax + kRate / kProsodyRate, 0.0F);

  ProsodyTrack track;
  track.energy_db.resize(frames);
  std::vector<float> pitch(frames, 0.0F);
  float loudest = kFloorDb;
  for (std::size_t f = 0; f < frames; ++f) {
    const float* at = x.data() + f * (kRate / kProsodyRate);
    const float power = dot(at, at, kWindow) / kWindow;
    track.energy_db[f] = std::max(kFloorDb, 10 * std::log10(power + 1e-12F));
    loudest = std::max(loudest, track.energy_db[f]);
  }
  for (std::size_t f = 0; f < frames; ++f) {
    if (track.energy_db[f] < std::max(loudest - kRangeDb, kFloorDb + 10)) continue;
    pitch[f] = frame_pitch(x.data() + f * (kRate / kProsodyRate));
  }
  track.pitch_hz = median_of_five(pitch);
  return track;
}

double median_pitch(std::span<const float> pitch_hz) {
  std::vector<float> voiced;
  for (const float hz : pitch_hz) {
    if (hz > 0) voiced.push_back(hz);
  }
  if (voiced.empty()) return 0;
  const auto middle = voiced.begin() + static_cast<std::ptrdiff_t>(voiced.size() / 2);
  std::nth_element(voiced.begin(), middle, voiced.end());
  return static_cast<double>(*middle);
}

}  // namespace understudy::speech
