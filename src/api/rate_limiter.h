// RateLimiter: a token bucket for each name (a key, an address). A bucket holds a minute's worth of
// requests and fills evenly, so a client may send in bursts and is held to the rate over a minute.
// In memory: a restart fills every bucket. Several servers each have their own. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace understudy::api {

class RateLimiter {
 public:
  explicit RateLimiter(int per_minute) : per_minute_(per_minute) {}  // 0: no limit

  // `own_per_minute`: what this name may, in place of what all may; 0: what all may. Errors:
  // rate_limit_exceeded, with the seconds until there is room for one.
  Result<void> take(std::string_view name, std::int64_t now_ms, int own_per_minute = 0);

 private:
  struct Bucket {
    double tokens = 0;
    std::int64_t at_ms = 0;
    int per_minute = 0;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Bucket> buckets;
  };
  static double filled(const Bucket& bucket, std::int64_t now_ms);
  static void drop_full(Shard& shard, std::int64_t now_ms);

  int per_minute_;
  std::array<Shard, 16> shards_;
};

}  // namespace understudy::api
