#include "library/dice.h"

#include <algorithm>
#include <cmath>

namespace understudy::library {
namespace {

double lattice(int x, int y, std::uint32_t seed) {
  const auto mixed = scrambled(static_cast<std::uint32_t>(x) * 73856093u ^
                               scrambled(static_cast<std::uint32_t>(y) * 19349663u + seed));
  return (mixed >> 8) * (1.0 / (1 << 24));
}

}  // namespace

// Wellons' "lowbias32".
std::uint32_t scrambled(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

double smooth(double from, double to, double x) {
  const double t = std::clamp((x - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

double Dice::next() {
  state_ += 0x9e3779b9u;
  return (scrambled(state_) >> 8) * (1.0 / (1 << 24));
}

double noise(double x, double y, std::uint32_t seed) {
  const double left = std::floor(x);
  const double top = std::floor(y);
  const int i = static_cast<int>(left);
  const int j = static_cast<int>(top);
  const auto ease = [](double t) { return t * t * t * (t * (t * 6 - 15) + 10); };
  const double u = ease(x - left);
  const double v = ease(y - top);
  const double upper = std::lerp(lattice(i, j, seed), lattice(i + 1, j, seed), u);
  const double lower = std::lerp(lattice(i, j + 1, seed), lattice(i + 1, j + 1, seed), u);
  return std::lerp(upper, lower, v);
}

double clouds(double x, double y, std::uint32_t seed, int octaves) {
  double sum = 0;
  double strength = 0.5;
  double whole = 0;
  for (int i = 0; i < octaves; ++i) {
    sum += strength * noise(x, y, seed + static_cast<std::uint32_t>(i) * 101u);
    whole += strength;
    x = x * 2 + 17.3;
    y = y * 2 + 5.9;
    strength *= 0.5;
  }
  return sum / whole;
}

}  // namespace understudy::library
