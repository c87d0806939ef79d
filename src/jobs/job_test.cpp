#include "jobs/job.h"

#include <gtest/gtest.h>

#include "jobs/charge_json.h"

namespace understudy::jobs {
namespace {

TEST(Job, StatesAndLanesReadBackFromTheirNames) {
  for (const auto state : {JobState::queued, JobState::running, JobState::completed,
                           JobState::failed, JobState::cancelled}) {
    EXPECT_EQ(job_state_from(to_string(state)), state);
  }
  for (const auto lane : {Lane::standard, Lane::speech})
    EXPECT_EQ(lane_from(to_string(lane)), lane);
  EXPECT_EQ(job_state_from("done"), std::nullopt);
  EXPECT_EQ(lane_from("fast"), std::nullopt);
}

TEST(BlobRef, ReadsBackFromItsJson) {
  const BlobRef blob{
      .hash = std::string(64, 'a'), .size = 12, .mime_type = "video/mp4", .name = "v.mp4"};
  const auto read = blob_ref_from(to_json(blob)).value();
  EXPECT_EQ(read.hash, blob.hash);
  EXPECT_EQ(read.size, blob.size);
  EXPECT_EQ(read.mime_type, blob.mime_type);
  EXPECT_EQ(read.name, blob.name);
}

TEST(BlobRef, RefusesAHashThatCouldBeAPath) {
  for (const std::string& hash :
       {std::string("../../etc/passwd"), std::string(), std::string(63, 'a'), std::string(64, 'A'),
        std::string(63, 'a') + "/"}) {
    EXPECT_FALSE(blob_ref_from({{"hash", hash}, {"size", 1}})) << hash;
  }
  EXPECT_FALSE(blob_ref_from({{"hash", std::string(64, 'a')}, {"size", -2}}));
}

TEST(ChargeJson, ShowsExactAmountsAndTheFormula) {
  Job job;
  job.charge = {.price_item = "avatar_video.avatar_iv.studio_avatar",
                .price_version = 1,
                .held = money::Money{301'484'000},
                .captured = money::Money{301'484'000},
                .released = {},
                .quantity = 4520};
  const std::string text = to_text(charge_json(job, money::PriceBook::version_1()));
  EXPECT_NE(text.find(R"("captured_usd":0.301484,)"), std::string::npos) << text;
  EXPECT_NE(text.find("floor(66700000 x 4520 ms / 1000 ms)"), std::string::npos) << text;
}

TEST(ChargeJson, HasNoFormulaWhileTheQuantityIsUnknown) {
  Job job;
  job.charge.price_item = "speech.starfish";
  EXPECT_TRUE(charge_json(job, money::PriceBook::version_1()).at("formula").is_null());
}

}  // namespace
}  // namespace understudy::jobs
