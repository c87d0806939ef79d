// Chance that is decided by a seed, and the curve that everything fades with.
#pragma once

#include <cstdint>

namespace understudy::library {

std::uint32_t scrambled(std::uint32_t x);  // each bit depends on every bit

// The same numbers for the same seed, on every machine.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : state_(seed * 2654435761u + 12345u) {}
  double next();  // [0, 1)
  double between(double low, double high) { return low + (high - low) * next(); }
  int whole(int low, int high) { return low + static_cast<int>(next() * (high - low + 1)); }

 private:
  std::uint32_t state_;
};

double smooth(double from, double to, double x);  // 0 below `from`, 1 above `to`

// Smooth noise in [0, 1]; `octaves` of it, each twice as fine and half as strong.
double noise(double x, double y, std::uint32_t seed);
double clouds(double x, double y, std::uint32_t seed, int octaves = 5);

}  // namespace understudy::library
