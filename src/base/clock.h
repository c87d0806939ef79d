// Clock: wall time, passed in so that tests decide what time it is. All times of the project are
// milliseconds since 1970 UTC in an int64.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace understudy {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ms() const = 0;  // any thread
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_ms() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_ms = 1'700'000'000'000) : now_ms_(now_ms) {}
  std::int64_t now_ms() const override { return now_ms_; }
  void advance_ms(std::int64_t step) { now_ms_ += step; }

 private:
  std::atomic<std::int64_t> now_ms_;
};

std::string iso8601(std::int64_t time_ms);  // "2026-11-22T15:04:05.678Z"

}  // namespace understudy
