#include "api/rate_limiter.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace understudy::api {
namespace {

constexpr std::size_t kBucketsMax = 10'000;  // of a shard, before full ones are forgotten
constexpr double kMinute_ms = 60'000;

}  // namespace

// A clock that was set back fills nothing.
double RateLimiter::filled(const Bucket& bucket, std::int64_t now_ms) {
  const auto passed_ms = static_cast<double>(std::max<std::int64_t>(now_ms - bucket.at_ms, 0));
  return std::min<double>(bucket.tokens + passed_ms * bucket.per_minute / kMinute_ms,
                          bucket.per_minute);
}

// A full bucket is what a new one would be.
void RateLimiter::drop_full(Shard& shard, std::int64_t now_ms) {
  std::erase_if(shard.buckets, [&](const auto& entry) {
    return filled(entry.second, now_ms) >= static_cast<double>(entry.second.per_minute);
  });
}

Result<void> RateLimiter::take(std::string_view name, std::int64_t now_ms, int own_per_minute) {
  const int per_minute = own_per_minute > 0 ? own_per_minute : per_minute_;
  if (per_minute == 0) return {};
  Shard& shard = shards_[std::hash<std::string_view>{}(name) % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  if (shard.buckets.size() >= kBucketsMax) drop_full(shard, now_ms);
  const Bucket full{
      .tokens = static_cast<double>(per_minute), .at_ms = now_ms, .per_minute = per_minute};
  Bucket& bucket = shard.buckets.try_emplace(std::string(name), full).first->second;
  // With a new rate the bucket is another one, as full as the old one was.
  if (bucket.per_minute != per_minute) {
    bucket.tokens = filled(bucket, now_ms) / bucket.per_minute * per_minute;
    bucket.at_ms = now_ms;
    bucket.per_minute = per_minute;
  }
  bucket.tokens = filled(bucket, now_ms);
  bucket.at_ms = now_ms;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return {};
  }
  Error error;
  error.code = ErrorCode::rate_limit_exceeded;
  error.message = "More than " + std::to_string(per_minute) +
                  " requests a minute; send this again after the time in Retry-After.";
  const double wait_ms = (1 - bucket.tokens) * kMinute_ms / per_minute;
  error.retry_after_s = std::max(1, static_cast<int>(std::ceil(wait_ms / 1000)));
  return tl::make_unexpected(std::move(error));
}

}  // namespace understudy::api
