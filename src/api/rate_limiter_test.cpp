#include "api/rate_limiter.h"

#include <gtest/gtest.h>

namespace understudy::api {
namespace {

int taken(RateLimiter& limiter, std::string_view name, std::int64_t now_ms, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limiter.take(name, now_ms) ? 1 : 0;
  return count;
}

TEST(RateLimiter, AMinutesWorthAtOnceAndThenTheRate) {
  RateLimiter limiter(60);
  EXPECT_EQ(taken(limiter, "a", 0, 100), 60);
  EXPECT_EQ(taken(limiter, "a", 999, 5), 0);
  EXPECT_EQ(taken(limiter, "a", 5'000, 100), 5);
  EXPECT_EQ(taken(limiter, "a", 10 * 60'000, 100), 60);  // never more than a minute's worth
}

TEST(RateLimiter, ARefusalTellsWhenThereIsRoom) {
  RateLimiter limiter(6);
  taken(limiter, "a", 0, 6);
  const auto refused = limiter.take("a", 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::rate_limit_exceeded);
  EXPECT_EQ(refused.error().retry_after_s, 10);
  EXPECT_FALSE(limiter.take("a", 9'000));
  EXPECT_TRUE(limiter.take("a", 10'001));
}

TEST(RateLimiter, NamesDoNotShare) {
  RateLimiter limiter(1);
  EXPECT_TRUE(limiter.take("a", 0));
  EXPECT_TRUE(limiter.take("b", 0));
  EXPECT_FALSE(limiter.take("a", 0));
}

TEST(RateLimiter, AClockThatIsSetBackNeitherFillsNorBreaks) {
  RateLimiter limiter(60);
  taken(limiter, "a", 100'000, 60);
  EXPECT_FALSE(limiter.take("a", 0));
  EXPECT_TRUE(limiter.take("a", 1'000));
}

TEST(RateLimiter, WithoutALimitEverythingPasses) {
  RateLimiter limiter(0);
  EXPECT_EQ(taken(limiter, "a", 0, 1'000), 1'000);
}

}  // namespace
}  // namespace understudy::api
