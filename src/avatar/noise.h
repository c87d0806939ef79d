// Noise: chance that depends on nothing but its arguments, for movement that is the same at every
// run.
#pragma once

#include <cmath>
#include <cstdint>

namespace understudy::avatar {

// Mixes two numbers into one whose bits look random (the finaliser of MurmurHash3).
inline std::uint32_t hash(std::uint32_t a, std::uint32_t b) {
  std::uint32_t h = a * 0x9E3779B1U ^ (b + 0x7F4A7C15U) * 0x85EBCA6BU;
  h ^= h >> 16;
  h *= 0x85EBCA6BU;
  h ^= h >> 13;
  h *= 0xC2B2AE35U;
  return h ^ h >> 16;
}

inline double uniform(std::uint32_t seed, std::uint32_t index) {  // 0..1
  return hash(seed, index) / 4294967296.0;
}

// Smooth noise, -1..1, with features about 1 apart.
inline double smooth_noise(std::uint32_t seed, double x) {
  const double floor = std::floor(x), t = x - floor;
  const auto i = static_cast<std::uint32_t>(static_cast<std::int64_t>(floor));
  const auto gradient = [&](std::uint32_t k) { return uniform(seed, k) * 2 - 1; };
  const double ease = t * t * t * (t * (t * 6 - 15) + 10);
  const double a = gradient(i) * t, b = gradient(i + 1) * (t - 1);
  return 2.2 * (a + (b - a) * ease);
}

}  // namespace understudy::avatar
