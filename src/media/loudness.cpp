#include "media/loudness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deque>
#include <numbers>
#include <numeric>

namespace understudy::media {
namespace {

// One second-order section, direct form I.
struct Biquad {
  double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
  double x1 = 0, x2 = 0, y1 = 0, y2 = 0;

  double step(double x) {
    const double y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    return y;
  }
};

// BS.1770-4 tabulates the two filters at 48 kHz only. These are the analogue prototypes behind the
// table (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES
// 2018), which give the tabulated coefficients at 48 kHz.
Biquad high_shelf(double rate) {
  const double k = std::tan(std::numbers::pi * 1681.974450955533 / rate);
  const double q = 0.7071752369554196;
  const double vh = std::pow(10.0, 3.999843853973347 / 20.0);
  const double vb = std::pow(vh, 0.4996667741545416);
  const double a0 = 1.0 + k / q + k * k;
  return {.b0 = (vh + vb * k / q + k * k) / a0,
          .b1 = 2.0 * (k * k - vh) / a0,
          .b2 = (vh - vb * k / q + k * k) / a0,
          .a1 = 2.0 * (k * k - 1.0) / a0,
          .a2 = (1.0 - k / q + k * k) / a0};
}

Biquad high_pass(double rate) {
  const double k = std::tan(std::numbers::pi * 38.13547087602444 / rate);
  const double q = 0.5003270373238773;
  const double a0 = 1.0 + k / q + k * k;
  return {.b0 = 1.0,
          .b1 = -2.0,
          .b2 = 1.0,
          .a1 = 2.0 * (k * k - 1.0) / a0,
          .a2 = (1.0 - k / q + k * k) / a0};
}

// Mean squares of the K-weighted signal in consecutive steps of 100 ms.
std::vector<double> step_powers(std::span<const float> mono, int rate, std::size_t step) {
  Biquad shelf = high_shelf(rate);
  Biquad pass = high_pass(rate);
  std::vector<double> powers;
  powers.reserve(mono.size() / step + 1);
  double sum = 0;
  std::size_t count = 0;
  for (const float sample : mono) {
    const double weighted = pass.step(shelf.step(sample));
    sum += weighted * weighted;
    if (++count == step) {
      powers.push_back(sum / static_cast<double>(step));
      sum = 0;
      count = 0;
    }
  }
  return powers;
}

double lufs(double power) { return power > 0 ? -0.691 + 10.0 * std::log10(power) : kSilenceLufs; }
double power_of(double loudness) { return std::pow(10.0, (loudness + 0.691) / 10.0); }

double mean_above(const std::vector<double>& blocks, double gate) {
  double sum = 0;
  std::size_t count = 0;
  for (const double block : blocks) {
    if (block <= gate) continue;
    sum += block;
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

// The interpolating filter of BS.1770-4 Annex 2, table of the 48-tap FIR; the other two phases are
// these two reversed.
constexpr std::array<double, 12> kPhase0 = {0.0017089843750,  0.0109863281250,  -0.0196533203125,
                                            0.0332031250000,  -0.0594482421875, 0.1373291015625,
                                            0.9721679687500,  -0.1022949218750, 0.0476074218750,
                                            -0.0266113281250, 0.0148925781250,  -0.0083007812500};
constexpr std::array<double, 12> kPhase1 = {-0.0291748046875, 0.0292968750000,  -0.0517578125000,
                                            0.0891113281250,  -0.1665039062500, 0.4650878906250,
                                            0.7797851562500,  -0.2003173828125, 0.1015625000000,
                                            -0.0582275390625, 0.0330810546875,  -0.0189208984375};

// The largest level in the neighbourhood of sample `at`: the sample itself and the four
// interpolated values that the filter centres within one sample of it.
double level_near(std::span<const float> mono, std::size_t at) {
  double level = std::abs(static_cast<double>(mono[at]));
  std::array<double, 4> phases{};
  for (std::size_t tap = 0; tap < 12; ++tap) {
    const auto index = static_cast<std::ptrdiff_t>(at) + 6 - static_cast<std::ptrdiff_t>(tap);
    if (index < 0 || index >= static_cast<std::ptrdiff_t>(mono.size())) continue;
    const double sample = mono[static_cast<std::size_t>(index)];
    phases[0] += kPhase0[tap] * sample;
    phases[1] += kPhase1[tap] * sample;
    phases[2] += kPhase1[11 - tap] * sample;
    phases[3] += kPhase0[11 - tap] * sample;
  }
  for (const double phase : phases) level = std::max(level, std::abs(phase));
  return level;
}

// The gain each sample may have at most, recovering slowly (80 ms) after a peak.
std::vector<float> allowed_gain(std::span<const float> mono, int rate, double ceiling) {
  std::vector<float> gain(mono.size(), 1.0F);
  const double recover = 1.0 - std::exp(-1.0 / (0.080 * rate));
  double current = 1.0;
  for (std::size_t i = 0; i < mono.size(); ++i) {
    current += (1.0 - current) * recover;
    // Overshoot between samples is at most about 6 dB in real sound: quiet samples need no filter.
    const bool is_loud = std::abs(mono[i]) > 0.4 * ceiling;
    const double level = is_loud ? level_near(mono, i) : std::abs(static_cast<double>(mono[i]));
    if (level * current > ceiling) current = ceiling / level;
    gain[i] = static_cast<float>(current);
  }
  return gain;
}

// Smallest value in [i, i + window) for each i.
std::vector<float> minimum_ahead(const std::vector<float>& values, std::size_t window) {
  std::vector<float> out(values.size());
  std::deque<std::size_t> candidates;  // indices of rising values
  for (std::size_t i = values.size(); i-- > 0;) {
    while (!candidates.empty() && values[candidates.back()] >= values[i]) candidates.pop_back();
    candidates.push_back(i);
    while (candidates.front() >= i + window) candidates.pop_front();
    out[i] = values[candidates.front()];
  }
  return out;
}

}  // namespace

double integrated_loudness(std::span<const float> mono, int rate) {
  if (mono.empty()) return kSilenceLufs;
  const std::size_t step = std::max(1, rate / 10);
  if (mono.size() < 4 * step) {
    const auto whole = step_powers(mono, rate, mono.size());
    return std::max(kSilenceLufs, lufs(whole.front()));
  }
  const auto steps = step_powers(mono, rate, step);
  std::vector<double> blocks;
  blocks.reserve(steps.size());
  for (std::size_t i = 0; i + 4 <= steps.size(); ++i) {
    blocks.push_back((steps[i] + steps[i + 1] + steps[i + 2] + steps[i + 3]) / 4.0);
  }
  const double gate = power_of(kSilenceLufs);
  const double loud = mean_above(blocks, gate);
  if (loud <= 0) return kSilenceLufs;
  return std::max(kSilenceLufs, lufs(mean_above(blocks, std::max(gate, loud * 0.1))));
}

void limit_peaks(std::vector<float>& mono, int rate, double ceiling) {
  const auto window = static_cast<std::size_t>(std::max(1, rate / 200));
  const auto held = minimum_ahead(allowed_gain(mono, rate, ceiling), window);
  // The mean of the last `window` minima never exceeds what this sample allows: each of them looked
  // at least this far ahead.
  double sum = static_cast<double>(window) * (held.empty() ? 1.0 : static_cast<double>(held[0]));
  for (std::size_t i = 0; i < mono.size(); ++i) {
    sum += held[i] - (i >= window ? held[i - window] : held[0]);
    const double gain = sum / static_cast<double>(window);
    mono[i] = static_cast<float>(std::clamp(mono[i] * gain, -ceiling, ceiling));
  }
}

double true_peak(std::span<const float> mono) {
  double peak = 0;
  for (std::size_t i = 0; i < mono.size(); ++i) peak = std::max(peak, level_near(mono, i));
  return peak;
}

void normalise_loudness(std::vector<float>& mono, int rate, double target_lufs) {
  const double ceiling = std::pow(10.0, kPeakCeilingDb / 20.0);
  const double measured = integrated_loudness(mono, rate);
  if (measured <= kSilenceLufs) return;
  double gain_db = std::min(40.0, target_lufs - measured);
  // The limiter takes some loudness away: correct the gain by what is missing. A few rounds bring
  // speech within 0.1 LU; a signal of mere peaks cannot get there and keeps the last result.
  std::vector<float> out;
  for (int round = 0; round < 6; ++round) {
    const auto gain = static_cast<float>(std::pow(10.0, gain_db / 20.0));
    out.assign(mono.begin(), mono.end());
    for (float& sample : out) sample *= gain;
    limit_peaks(out, rate, ceiling);
    const double missing = target_lufs - integrated_loudness(out, rate);
    if (std::abs(missing) < 0.05) break;
    gain_db = std::min(40.0, gain_db + missing);
  }
  mono = std::move(out);
}

}  // namespace understudy::media
