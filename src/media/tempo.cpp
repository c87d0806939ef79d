#include "media/tempo.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace understudy::media {
namespace {

constexpr std::int64_t kWindow = 1440;  // 30 ms
constexpr std::int64_t kHop = kWindow / 2;
constexpr std::int64_t kSearch = 384;  // 8 ms either way
constexpr int kCoarse = 4;             // of the search: every fourth place, every fourth sample

class Stretch {
 public:
  Stretch(std::span<const float> samples, int channels)
      : samples_(samples),
        channels_(channels),
        frames_(static_cast<std::int64_t>(samples.size()) / channels) {
    for (std::int64_t i = 0; i < kWindow; ++i) {
      window_.push_back(static_cast<float>(
          0.5 - 0.5 * std::cos(2 * 3.14159265358979 * (static_cast<double>(i) + 0.5) / kWindow)));
    }
  }

  std::vector<float> run(double factor) {
    const auto wanted =
        static_cast<std::int64_t>(std::llround(static_cast<double>(frames_) / factor));
    std::vector<float> out(static_cast<std::size_t>((wanted + kWindow) * channels_));
    std::int64_t last = 0;  // where the window before was taken from
    for (std::int64_t at = -kHop; at < wanted; at += kHop) {
      const auto middle = static_cast<std::int64_t>(std::llround(static_cast<double>(at) * factor));
      const std::int64_t from = at < 0 ? -kHop : best_start(middle, last + kHop);
      add(from, at, out);
      last = from;
    }
    out.resize(static_cast<std::size_t>(wanted * channels_));
    return out;
  }

 private:
  float mono(std::int64_t frame) const {
    if (frame < 0 || frame >= frames_) return 0;
    const auto at = static_cast<std::size_t>(frame * channels_);
    return channels_ == 1 ? samples_[at] : samples_[at] + samples_[at + 1];
  }

  // The start near `middle` whose wave resembles most what would have followed naturally.
  std::int64_t best_start(std::int64_t middle, std::int64_t natural) const {
    const auto likeness = [&](std::int64_t start, int step) {
      double product = 0;
      double power = 1e-9;
      for (std::int64_t i = 0; i < kWindow; i += step) {
        const double sample = mono(start + i);
        product += sample * mono(natural + i);
        power += sample * sample;
      }
      return product / std::sqrt(power);
    };
    std::int64_t best = middle;
    double most = likeness(middle, kCoarse);
    const auto try_places = [&](std::int64_t from, std::int64_t to, std::int64_t stride, int step) {
      for (std::int64_t start = from; start <= to; start += stride) {
        const double found = likeness(start, step);
        if (found > most) {
          most = found;
          best = start;
        }
      }
    };
    try_places(middle - kSearch, middle + kSearch, kCoarse, kCoarse);
    const std::int64_t coarse = best;
    most = likeness(coarse, 2);
    try_places(coarse - kCoarse, coarse + kCoarse, 1, 2);
    return best;
  }

  void add(std::int64_t from, std::int64_t to, std::vector<float>& out) const {
    for (std::int64_t i = std::max<std::int64_t>(0, -to); i < kWindow; ++i) {
      const std::int64_t frame = from + i;
      if (frame < 0 || frame >= frames_) continue;
      for (int channel = 0; channel < channels_; ++channel) {
        out[static_cast<std::size_t>((to + i) * channels_ + channel)] +=
            window_[static_cast<std::size_t>(i)] *
            samples_[static_cast<std::size_t>(frame * channels_ + channel)];
      }
    }
  }

  std::span<const float> samples_;
  int channels_;
  std::int64_t frames_;
  std::vector<float> window_;
};

}  // namespace

std::vector<float> change_tempo(std::span<const float> samples, int channels, double factor) {
  assert((channels == 1 || channels == 2) && factor >= 0.5 && factor <= 2);
  return Stretch(samples, channels).run(factor);
}

}  // namespace understudy::media
