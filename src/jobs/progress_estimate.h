// ProgressEstimate: how long is left, from the rate of the last seconds. Steps that a resumed
// render skips jump ahead at no cost, so the rate since the start would promise too much.
#pragma once

#include <cstdint>
#include <deque>

namespace understudy::jobs {

class ProgressEstimate {
 public:
  // Times in milliseconds of any clock that does not go back.
  void add(double fraction, std::int64_t now_ms);
  std::int64_t eta_ms() const;  // -1: not known yet

 private:
  static constexpr std::int64_t kWindowMs = 10'000;
  static constexpr std::int64_t kSpanMinMs = 300;  // a shorter measurement says nothing
  struct Sample {
    double fraction;
    std::int64_t at_ms;
  };
  std::deque<Sample> samples_;
};

}  // namespace understudy::jobs
