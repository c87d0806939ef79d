#include "media/frame_rate.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace understudy::media {
namespace {

std::vector<double> times_of(FrameRate rate, int count, double tick_s) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(std::round(i / rate.per_s() / tick_s) * tick_s);
  return times;
}

TEST(FrameRate, IsReadFromRoundedTimes) {
  for (const FrameRate rate :
       {FrameRate(24000, 1001), FrameRate(24), FrameRate(25), FrameRate(30000, 1001), FrameRate(30),
        FrameRate(50), FrameRate(60000, 1001), FrameRate(60), FrameRate(25, 2), FrameRate(10),
        FrameRate(120)}) {
    for (const double tick_s : {1e-3, 1.0 / 90'000}) {
      const int count = static_cast<int>(60 * rate.per_s());
      EXPECT_EQ(rate_of_times(times_of(rate, count, tick_s), tick_s, {0}), rate)
          << rate.per_s() << " in ticks of " << tick_s;
      // The container knows better in a film too short to tell.
      EXPECT_EQ(rate_of_times(times_of(rate, 12, tick_s), tick_s, rate), rate);
    }
  }
  // 23.456 pictures a second drift by less than a millisecond a minute.
  const auto odd = rate_of_times(times_of({23'456, 1000}, 1400, 1e-3), 1e-3, {0});
  EXPECT_LT(std::abs(60 * (odd.per_s() / 23.456 - 1)), 1e-3);
}

TEST(FrameRate, LostPicturesDoNotChangeItAndTagsAreChecked) {
  auto times = times_of({30000, 1001}, 900, 1e-3);
  std::mt19937 random(3);
  for (int lost = 0; lost < 40; ++lost)
    times.erase(times.begin() + 1 + static_cast<std::ptrdiff_t>(random() % (times.size() - 1)));
  EXPECT_EQ(rate_of_times(times, 1e-3, {1000, 1}), FrameRate(30000, 1001));
  EXPECT_EQ(rate_of_times({}, 1e-3, {0}), FrameRate(25));
  EXPECT_EQ(rate_of_times({1.0}, 1e-3, {50}), FrameRate(50));
  EXPECT_EQ(rate_of_times({0, 0, 0}, 1e-3, {0}), FrameRate(25));
}

TEST(FrameRate, AChangingOneGetsAGridForItsFastestPart) {
  std::vector<double> times;
  double t = 0;
  for (int i = 0; i < 400; ++i) times.push_back(t), t += (i / 40) % 2 == 0 ? 1 / 30.0 : 1 / 15.0;
  EXPECT_EQ(rate_of_times(times, 1.0 / 90'000, {2200, 100}), FrameRate(30));
}

TEST(FrameRate, IsLimitedToAWholePart) {
  EXPECT_EQ(limited({120}, 60), FrameRate(60));
  EXPECT_EQ(limited({120'000, 1001}, 60), FrameRate(60'000, 1001));
  EXPECT_EQ(limited({90}, 60), FrameRate(45));
  EXPECT_EQ(limited({60}, 60), FrameRate(60));
  EXPECT_EQ(limited({24'000, 1001}, 60), FrameRate(24'000, 1001));
  EXPECT_EQ(FrameRate(30'000, 1001).ms_of(1800), 60'060);
}

}  // namespace
}  // namespace understudy::media
