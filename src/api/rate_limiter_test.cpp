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

TEST(RateLimiter, ANameMayHaveARateOfItsOwn) {
  const auto taken_of = [](RateLimiter& limiter, std::int64_t now_ms, int own) {
    int count = 0;
    for (int i = 0; i < 500; ++i) count += limiter.take("a", now_ms, own) ? 1 : 0;
    return count;
  };
  for (const int all : {0, 10, 100}) {  // more or less than what all may
    RateLimiter limiter(all);
    EXPECT_EQ(taken_of(limiter, 0, 60), 60);
    EXPECT_EQ(taken_of(limiter, 5'000, 60), 5);
    EXPECT_EQ(taken_of(limiter, 5'000, 120), 0) << "a higher rate does not fill the bucket at once";
    EXPECT_EQ(taken_of(limiter, 6'000, 120), 2);
    EXPECT_EQ(taken_of(limiter, 20 * 60'000, 30), 30) << "a lower one has less room";
  }
}

TEST(RateLimiter, WithoutALimitEverythingPasses) {
  RateLimiter limiter(0);
  EXPECT_EQ(taken(limiter, "a", 0, 1'000), 1'000);
}

}  // namespace
}  // namespace understudy::api
