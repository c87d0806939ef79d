// What digital twins must reach on footage whose truth is known. The long form has a minute of it,
// the short one a quarter.
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/file.h"
#include "twin_measure.h"

namespace understudy::testing {
namespace {

void say(const char* name, const TwinQuality& quality) {
  std::printf(
      "%s: correlation %.3f range %.2f reach %.2f lag %d landmarks %.4f picture %.2f intended %.3f\n",
      name, quality.correlation, quality.range, quality.reach, quality.lag, quality.landmarks,
      quality.picture, quality.intended);
}

TEST(TwinQuality, MoreOfTheFootageMakesABetterMouth) {
  const bool is_long = std::getenv("UNDERSTUDY_LONG_TESTS") != nullptr;
  const TemporaryFolder folder;
  const auto measured = measure_twin(folder.path(), {.seconds = is_long ? 60.0 : 16.0});
  ASSERT_TRUE(measured) << measured.error().message << ' ' << measured.error().detail;
  say("iii", measured->one_donor);
  say("iv", measured->by_pose);
  say("v", measured->units);
  say("still", measured->still);
  say("random", measured->random);
  EXPECT_LE(measured->worst_step, 1.0) << "the loop jumps";
  EXPECT_LE(measured->join_step, 1.5) << "a join is seen";
  std::printf("join step %.2f\n", measured->join_step);
  for (const auto* quality : {&measured->one_donor, &measured->by_pose, &measured->units}) {
    EXPECT_GT(quality->correlation, quality == &measured->units ? 0.7 : 0.4);
    EXPECT_LE(std::abs(quality->lag), 1);
    EXPECT_GT(quality->reach, 0.8);
    EXPECT_LT(quality->reach, 1.2);
    // The person has an articulation of its own, which only real mouths of its footage know.
    if (quality == &measured->units) continue;
    if (is_long || quality == &measured->one_donor) {
      EXPECT_LT(measured->units.picture, quality->picture);
    }
    EXPECT_LT(measured->units.landmarks, quality->landmarks);
  }
  EXPECT_LT(measured->units.picture, 0.85 * measured->random.picture);
  EXPECT_LT(measured->units.landmarks, 0.85 * measured->random.landmarks);
  EXPECT_LT(measured->units.landmarks, 0.85 * measured->still.landmarks);
  if (is_long) {
    EXPECT_LT(measured->by_pose.landmarks, measured->one_donor.landmarks);
  }
}

}  // namespace
}  // namespace understudy::testing
