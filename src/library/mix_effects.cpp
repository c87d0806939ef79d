#include "library/mix_effects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

}  // namespace

Mix reverb(const Mix& dry, double size, double damping) {
  constexpr std::array<int, 8> kCombs = {1214, 1293, 1390, 1476, 1548, 1623, 1695, 1760};
  constexpr std::array<int, 4> kPasses = {605, 480, 371, 245};
  constexpr int kSpread = 25;
  Mix wet(static_cast<double>(dry.frames()) / kRate, dry.is_loop());
  const double keep = 0.7 + 0.28 * size;
  for (int side = 0; side < 2; ++side) {
    std::array<std::vector<double>, 8> combs;
    std::array<std::vector<double>, 4> passes;
    for (std::size_t i = 0; i < 8; ++i)
      combs[i].resize(static_cast<std::size_t>(kCombs[i] + side * kSpread));
    for (std::size_t i = 0; i < 4; ++i)
      passes[i].resize(static_cast<std::size_t>(kPasses[i] + side * kSpread));
    std::array<std::size_t, 8> comb_at{};
    std::array<std::size_t, 4> pass_at{};
    std::array<double, 8> dull{};
    auto& out = side == 0 ? wet.left() : wet.right();
    // A loop hears the tail of its own end, so it is gone through once before.
    const std::int64_t lead = dry.is_loop() ? std::min<std::int64_t>(dry.frames(), 8LL * kRate) : 0;
    for (std::int64_t i = -lead; i < dry.frames(); ++i) {
      const auto frame = static_cast<std::size_t>(i < 0 ? i + dry.frames() : i);
      const double in = 0.015 * (dry.left()[frame] + dry.right()[frame]);
      double value = 0;
      for (std::size_t k = 0; k < 8; ++k) {
        double& cell = combs[k][comb_at[k]];
        value += cell;
        dull[k] = cell * (1 - 0.5 * damping) + dull[k] * 0.5 * damping;
        cell = in + dull[k] * keep;
        if (++comb_at[k] == combs[k].size()) comb_at[k] = 0;
      }
      for (std::size_t k = 0; k < 4; ++k) {
        double& cell = passes[k][pass_at[k]];
        const double delayed = cell;
        cell = value + 0.5 * delayed;
        value = delayed - value;
        if (++pass_at[k] == passes[k].size()) pass_at[k] = 0;
      }
      if (i >= 0) out[frame] = static_cast<float>(value);
    }
  }
  return wet;
}

Mix echo(const Mix& dry, double seconds, double feedback) {
  Mix wet(static_cast<double>(dry.frames()) / kRate, dry.is_loop());
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(1, frame_at(seconds)));
  std::vector<double> left(size);
  std::vector<double> right(size);
  std::size_t at = 0;
  const std::int64_t lead = dry.is_loop() ? std::min<std::int64_t>(dry.frames(), 8LL * kRate) : 0;
  for (std::int64_t i = -lead; i < dry.frames(); ++i) {
    const auto frame = static_cast<std::size_t>(i < 0 ? i + dry.frames() : i);
    const double l = left[at];
    const double r = right[at];
    left[at] = 0.5 * (dry.left()[frame] + dry.right()[frame]) + feedback * r;
    right[at] = feedback * l;
    if (++at == size) at = 0;
    if (i < 0) continue;
    wet.left()[frame] = static_cast<float>(l);
    wet.right()[frame] = static_cast<float>(r);
  }
  return wet;
}

void age(Mix& mix, std::uint32_t seed) {
  const double count = static_cast<double>(mix.frames());
  for (auto* side : {&mix.left(), &mix.right()}) {
    const std::vector<float> before = *side;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double t = static_cast<double>(i) / count;  // whole waves, so that a loop stays one
      const double shift = 34 + 22 * std::sin(kTurn * 33 * t) + 6 * std::sin(kTurn * 250 * t);
      double at = static_cast<double>(i) - shift;
      if (at < 0) at += count;
      const auto low = static_cast<std::size_t>(at);
      const double part = at - static_cast<double>(low);
      (*side)[i] =
          static_cast<float>((1 - part) * before[low] + part * before[(low + 1) % before.size()]);
    }
  }
  shape(mix, 70, 5200);
  Noise noise(seed);
  Dice dice(seed + 1);
  Filter hiss;
  hiss.set(3800, 0.6);
  double crackle = 0;
  for (std::int64_t i = 0; i < mix.frames(); ++i) {
    if (dice.next() < 14.0 / kRate) crackle = dice.between(-0.09, 0.09);
    crackle *= 0.6;
    const double floor = 0.0022 * hiss.low(noise.white());
    mix.add(i, crackle + floor, 0.7 * crackle + floor);
  }
}

void shape(Mix& mix, double low_cut, double high_cut) {
  for (auto* side : {&mix.left(), &mix.right()}) {
    Filter high;
    Filter low;
    high.set(std::max(low_cut, 5.0), 0.7);
    low.set(high_cut > 0 ? high_cut : 20'000, 0.7);
    const std::size_t count = side->size();
    const std::size_t lead = mix.is_loop() ? std::min<std::size_t>(count, kRate) : 0;
    for (std::size_t i = count - lead; i < count; ++i) low.low(high.high((*side)[i]));
    for (float& value : *side) {
      double shaped = low_cut > 0 ? high.high(value) : value;
      if (high_cut > 0) shaped = low.low(shaped);
      value = static_cast<float>(shaped);
    }
  }
}

}  // namespace understudy::library
