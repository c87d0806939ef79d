// Chance: the one source of everything random in a simulation. The same seed gives the same numbers
// on every machine (the standard's distributions need not).
#pragma once

#include <cstdint>
#include <random>

namespace understudy::simulator {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  std::int64_t below(std::int64_t limit) {  // 0 .. limit - 1
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(limit));
  }
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  bool percent(std::int64_t share) { return below(100) < share; }

  template <class List>
  auto& any_of(List& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace understudy::simulator
