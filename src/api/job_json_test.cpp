// What all kinds of jobs say of themselves.
#include "api/job_json.h"

#include <gtest/gtest.h>

namespace understudy::api {
namespace {

using jobs::JobState;

constexpr JobKind kDance{.name = "dances",
                         .noun = "dance",
                         .id_param = "dance_id",
                         .id_field = "dance_id",
                         .queued = "invited",
                         .running = "dancing"};

jobs::Job job_in(JobState state) {
  jobs::Job job;
  job.id = "d1";
  job.state = state;
  job.created_at_ms = 5'999;
  job.finished_at_ms = 7'001;
  if (state == JobState::failed) {
    job.failure_code = "engine_failed";
    job.failure_message = "The music stopped.";
  }
  return job;
}

TEST(JobJson, AJobHasTheWordsOfItsKind) {
  const auto status = [](JobState state) { return std::string(status_of(kDance, state)); };
  EXPECT_EQ(status(JobState::queued), "invited");
  EXPECT_EQ(status(JobState::running), "dancing");
  EXPECT_EQ(status(JobState::completed), "completed");
  EXPECT_EQ(status(JobState::failed), "failed");
  EXPECT_EQ(status(JobState::cancelled), "failed");
  EXPECT_EQ(to_text(job_head(kDance, job_in(JobState::running))),
            R"({"dance_id":"d1","title":null,"status":"dancing","created_at":5})");
}

TEST(JobJson, BatchesCallStatesTheSameWhateverTheKind) {
  EXPECT_EQ(batch_item(kDance, job_in(JobState::queued)).status, "queued");
  EXPECT_EQ(batch_item(kDance, job_in(JobState::running)).status, "processing");
  EXPECT_EQ(batch_item(kDance, job_in(JobState::completed)).status, "completed");
  EXPECT_EQ(batch_item(kDance, job_in(JobState::cancelled)).status, "failed");
}

TEST(JobJson, ACancelledJobSaysSoAndOthersSayWhatFailed) {
  const auto failure = [](JobState state) {
    json::object shown;
    add_failure(shown, kDance, job_in(state));
    return to_text(shown);
  };
  EXPECT_EQ(failure(JobState::running), R"({"failure_code":null,"failure_message":null})");
  EXPECT_EQ(failure(JobState::failed),
            R"({"failure_code":"engine_failed","failure_message":"The music stopped."})");
  EXPECT_EQ(
      failure(JobState::cancelled),
      R"({"failure_code":"cancelled","failure_message":"The dance was cancelled; nothing was charged."})");
}

TEST(JobJson, TimesAndLengthsStandOnceItIsCompleted) {
  for (const auto state : {JobState::queued, JobState::running, JobState::failed}) {
    EXPECT_TRUE(completed_at(job_in(state)).is_null());
    EXPECT_TRUE(duration_or_null(job_in(state), 4'520).is_null());
  }
  EXPECT_EQ(to_text(completed_at(job_in(JobState::completed))), "7");
  EXPECT_EQ(to_text(duration_or_null(job_in(JobState::completed), 4'520)), "4.52");
}

TEST(JobJson, AnOutputIsLinkedWhenItsReferenceIsSound) {
  const std::string hash(64, 'a');
  const auto link = [](const jobs::BlobRef& blob) { return "/files/" + blob.name; };
  const json::object good{{"hash", hash}, {"size", 3}, {"name", "a.mp4"}};
  const json::object result{
      {"outputs", json::object{{"video", good}, {"odd", json::object{{"hash", "../x"}}}}}};
  EXPECT_EQ(to_text(output_link(result, "video", link)), R"("/files/a.mp4")");
  EXPECT_TRUE(output_link(result, "odd", link).is_null());
  EXPECT_TRUE(output_link(result, "caption", link).is_null());
  EXPECT_TRUE(output_link({}, "video", link).is_null());
}

}  // namespace
}  // namespace understudy::api
