// The words between render and worker, and the steps of a render.
#include "jobs/render_protocol.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "jobs/job_folder.h"
#include "jobs/job_notifier.h"
#include "jobs/progress_estimate.h"
#include "jobs/render_message.h"
#include "jobs/render_result.h"
#include "jobs/testing/fake_job_store.h"
#include "jobs/worker_protocol.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;

TEST(RenderMessage, ComesBackAsItWasSent) {
  const auto progress = parse_render_message(
      to_line(RenderProgress{.fraction = 0.25, .stage = "rendering", .eta_ms = 1200}));
  ASSERT_TRUE(progress);
  EXPECT_EQ(std::get<RenderProgress>(*progress).fraction, 0.25);
  EXPECT_EQ(std::get<RenderProgress>(*progress).stage, "rendering");
  EXPECT_EQ(std::get<RenderProgress>(*progress).eta_ms, 1200);
  const auto exact = parse_render_message(to_line(ExactQuantity{4520}));
  ASSERT_TRUE(exact);
  EXPECT_EQ(std::get<ExactQuantity>(*exact).delivered.quantity, 4520);
}

TEST(RenderMessage, WhatDoesNotFitIsNone) {
  for (const char* line :
       {"", "x", "[]", "{}", "{\"progress\": 1.01}", "{\"progress\": -0.1}",
        "{\"progress\": \"1\"}", "{\"progress\": 1e999}", "{\"exact_quantity\": -1}",
        "{\"exact_quantity\": 1.5}", "{\"progress\": 0.5, \"stage\": \"<script>\"}",
        "{\"progress\": 0.5} x"}) {
    EXPECT_FALSE(parse_render_message(line)) << line;
  }
  EXPECT_FALSE(parse_render_message("{\"progress\": 0.5, \"stage\": \"" +
                                    std::string(kStageMax + 1, 'a') + "\"}"));
}

TEST(ProgressEstimate, FollowsTheRateOfTheLastSeconds) {
  ProgressEstimate estimate;
  EXPECT_EQ(estimate.eta_ms(), -1);
  estimate.add(0, 0);
  estimate.add(0.5, 100);  // a resumed render skips
  EXPECT_EQ(estimate.eta_ms(), -1) << "too short to say";
  for (int second = 1; second <= 20; ++second) estimate.add(0.5 + 0.02 * second, second * 1000);
  EXPECT_NEAR(static_cast<double>(estimate.eta_ms()), 5'000, 300);
}

class RenderContextTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        write_file_durably(folder_.path() / kJobFile,
                           R"({"id": "j", "kind": "k", "attempt": 2, "request": {"a": 1}})"));
  }
  std::unique_ptr<RenderContext> open(RenderLink link = agreeing_link()) {
    return RenderContext::open(folder_.path(), std::move(link)).value();
  }
  TemporaryFolder folder_;
};

TEST_F(RenderContextTest, AStepRunsOnceAndOnlyAFinishedOneCounts) {
  auto context = open();
  const auto target = context->work_file("speech.wav");
  int runs = 0;
  const auto broken = context->once(target, [&](const fs::path& file) -> Result<void> {
    ++runs;
    std::ofstream(file) << "half";
    return fail(ErrorCode::engine_failed, "broken");
  });
  EXPECT_FALSE(broken);
  EXPECT_FALSE(fs::exists(target));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(context->once(target, [&](const fs::path& file) -> Result<void> {
      ++runs;
      EXPECT_FALSE(fs::exists(file)) << "the half one is gone";
      EXPECT_EQ(file.extension(), ".wav");
      std::ofstream(file) << "whole";
      return {};
    }));
  }
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(read_file(target).value(), "whole");
}

TEST_F(RenderContextTest, ProgressNeverGoesBackAndIsNotSentTooOften) {
  std::vector<std::string> lines;
  auto context = open({.send = [&](std::string_view line) { lines.emplace_back(line); },
                       .reply = [] { return std::optional<std::string>(); }});
  for (int i = 0; i < 1000; ++i) context->progress(i < 500 ? 0.5 : 0.2, "rendering");
  EXPECT_LT(lines.size(), 100u);
  context->progress(0.1, "encoding");
  const auto last = parse_render_message(lines.back());
  ASSERT_TRUE(last);
  EXPECT_EQ(std::get<RenderProgress>(*last).fraction, 0.5);
  EXPECT_EQ(std::get<RenderProgress>(*last).stage, "encoding");
}

TEST_F(RenderContextTest, TheAnswerToAnExactPriceDecides) {
  std::optional<std::string> reply;
  auto context = open({.send = [](std::string_view) {}, .reply = [&] { return reply; }});
  reply = "ok";
  EXPECT_TRUE(context->confirm_exact(1));
  reply = "refused";
  EXPECT_EQ(context->confirm_exact(1).error().code, ErrorCode::insufficient_credit);
  reply = std::nullopt;
  EXPECT_EQ(context->confirm_exact(1).error().code, ErrorCode::cancelled);
}

TEST_F(RenderContextTest, TellsTheRequestAndMissesInputsThatAreNotThere) {
  auto context = open();
  EXPECT_EQ(context->job().kind, "k");
  EXPECT_EQ(context->job().attempt, 2);
  EXPECT_EQ(int_or(context->request(), "a", 0), 1);
  EXPECT_FALSE(context->has_input("audio"));
  EXPECT_FALSE(context->input("audio"));
}

TEST(RenderResult, HostileResultsAreRefused) {
  for (const char* text :
       {"{}", R"({"quantity": -1, "outputs": {}})", R"({"quantity": 1})",
        R"({"quantity": 1, "outputs": []})", R"({"quantity": 1, "outputs": {"a": "b"}})"}) {
    EXPECT_FALSE(outcome_from(parse_json(text)->as_object())) << text;
  }
}

TEST(JobFolder, InputNamesThatLeadAwayAreRefused) {
  const std::string hash(64, 'a');
  const json::object blob{
      {"hash", hash}, {"size", 1}, {"name", "a.mp3"}, {"mime_type", "audio/mpeg"}};
  const auto good = JobFolder::inputs_of({{"inputs", json::object{{"audio", blob}}}});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->at("audio").file, "inputs/audio.mp3");
  for (const char* name : {"../x", "a/b", "", ".hidden", "a b"}) {
    EXPECT_FALSE(JobFolder::inputs_of({{"inputs", json::object{{name, blob}}}})) << name;
  }
  json::object strange = blob;
  strange["name"] = "a.m p3";
  const auto plain = JobFolder::inputs_of({{"inputs", json::object{{"audio", strange}}}});
  EXPECT_EQ(plain->at("audio").file, "inputs/audio") << "a strange extension is left away";
}

TEST(WorkerProtocol, FieldsThatAreMissingAreNamed) {
  EXPECT_EQ(claim_from({}).error().param, "worker_id");
  EXPECT_EQ(claim_from({{"worker_id", "w"}, {"lanes", json::array{"fast"}}}).error().param,
            "lanes");
  EXPECT_EQ(heartbeat_from({{"job_id", "j"}}).error().param, "fence");
  const json::object completion{{"job_id", "j"},
                                {"fence", 1},
                                {"quantity", 1},
                                {"result", json::object{}},
                                {"output_blobs", json::array{"../../etc/passwd"}}};
  EXPECT_EQ(completion_from(completion).error().param, "output_blobs");
}

TEST(JobNotifier, WakesAWaitingClaimAndAWatchedEnd) {
  FakeJobStore store;
  JobNotifier notifier;
  const auto waking = make_waking_job_store(store, notifier);
  const auto seen = notifier.queue_version();
  JobNotifier::EndWatch watch(notifier, "j1");
  std::jthread submitter([&] {
    NewJob job;
    job.id = "j1";
    (void)waking->submit({.jobs = {job}, .answer = {}});
    (void)waking->cancel("", "j1", 0);
  });
  EXPECT_TRUE(notifier.wait_for_queue(seen, std::chrono::seconds(10)));
  EXPECT_TRUE(watch.wait(std::chrono::seconds(10)));
  EXPECT_FALSE(watch.wait({})) << "one hint wakes once";
}

// A speech request waits for the end of its job: it must hear of one that no wallet or cap covers.
TEST(JobNotifier, TellsTheEndOfAJobWhoseExactPriceWasRefused) {
  for (const auto code : {ErrorCode::insufficient_credit, ErrorCode::spending_cap_exceeded}) {
    FakeJobStore store;
    store.quantity_max = 100;
    store.refusal = code;
    store.add("j1", "copy", {});
    JobNotifier notifier;
    const auto waking = make_waking_job_store(store, notifier);
    JobNotifier::EndWatch watch(notifier, "j1");
    const auto job =
        waking->claim({.worker_id = "w", .lanes = {Lane::standard}}, 0).value().value();
    EXPECT_TRUE(waking->set_exact("j1", job.fence, 100, 0));
    EXPECT_FALSE(watch.wait({}));
    EXPECT_EQ(waking->set_exact("j1", job.fence, 101, 0).error().code, code);
    EXPECT_TRUE(watch.wait({}));
  }
}

TEST(JobNotifier, StoppingEndsEveryWait) {
  JobNotifier notifier;
  JobNotifier::EndWatch watch(notifier, "j1");
  notifier.stop();
  EXPECT_FALSE(notifier.wait_for_queue(notifier.queue_version(), std::chrono::hours(1)));
  EXPECT_FALSE(watch.wait(std::chrono::hours(1)));
}

}  // namespace
}  // namespace understudy::jobs
