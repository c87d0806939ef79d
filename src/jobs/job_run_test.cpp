// A job on a worker, from claim to report, with real sandboxed renders and a server in memory.
#include "jobs/job_run.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <test_paths.h>
#include <unistd.h>

#include "base/file.h"
#include "jobs/job_folder.h"
#include "jobs/render_ahead.h"
#include "jobs/testing/fake_job_store.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// The store as a worker sees it, with a server that can be away.
class DirectClient final : public WorkerClient {
 public:
  DirectClient(JobStore& jobs, BlobStore& blobs, const Clock& clock)
      : jobs_(jobs), blobs_(blobs), clock_(clock) {}
  std::atomic<int> calls_to_miss = 0;  // reports that find no server
  std::atomic<int> fetches = 0;

  Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t,
                                   std::stop_token) override {
    return jobs_.claim(request, clock_.now_ms());
  }
  Result<void> heartbeat(const Heartbeat& beat, std::stop_token) override {
    return jobs_.heartbeat(beat, clock_.now_ms());
  }
  Result<void> set_exact(const std::string& id, std::int64_t fence, const Delivered& delivered,
                         std::stop_token) override {
    TRY(reach());
    return jobs_.set_exact(id, fence, delivered, clock_.now_ms());
  }
  Result<void> complete(const Completion& completion, std::stop_token) override {
    TRY(reach());
    return jobs_.complete(completion, clock_.now_ms());
  }
  Result<void> fail(const std::string& id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::stop_token) override {
    TRY(reach());
    return jobs_.fail(id, fence, error, is_retryable, clock_.now_ms());
  }
  Result<void> fetch(const BlobRef& blob, const fs::path& target, std::stop_token) override {
    ++fetches;
    TRY_ASSIGN(const fs::path file, blobs_.local_path(blob.hash));
    fs::copy_file(file, target, fs::copy_options::overwrite_existing);
    return {};
  }
  Result<BlobRef> upload(const fs::path& file, std::stop_token) override {
    TRY(reach());
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    return blobs_.put_bytes(bytes);
  }

 private:
  Result<void> reach() {
    if (calls_to_miss-- > 0) return understudy::fail(ErrorCode::service_unavailable, "away");
    return {};
  }
  JobStore& jobs_;
  BlobStore& blobs_;
  const Clock& clock_;
};

class JobRunTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    ::chmod(home_.path().c_str(), 0711);
    fs::create_directory(home_.path() / "blobs");
    fs::create_directory(work_);
    ::chmod(work_.c_str(), 0711);
    auto opened = Sandbox::open({.mode = GetParam(),
                                 .work_folder = work_,
                                 .program = UNDERSTUDY_BINARY_DIR "/test_render"});
    ASSERT_TRUE(opened) << opened.error().message;
    sandbox_.emplace(std::move(*opened));
    user_.emplace(std::move(sandbox_->take_user().value()));
    config_.work_folder = work_;
    config_.heartbeat_ms = 20;
  }

  json::object copy_request(json::object more = {}) {
    BlobRef text = blobs_.put_bytes("hello ").value();
    text.name = "text.txt";
    more["inputs"] = json::object{{"text", to_json(text)}};
    return more;
  }

  Job claim() {
    auto job = store_.claim({.worker_id = "w", .lanes = {Lane::standard}}, clock_.now_ms());
    EXPECT_TRUE(job && *job);
    return job && *job ? **job : Job{};
  }

  JobEnd run(const Job& job, std::stop_token stop = {}) {
    return run_job(job, config_, {client_, *sandbox_, *user_, clock_}, stop, nullptr);
  }

  // Until the render has said something.
  void wait_for_progress(const std::string& id) {
    while (store_.get(id).progress <= 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  std::string output(const std::string& id, const char* name) {
    const Job job = store_.get(id);
    const auto* outputs = object_or_null(job.result, "outputs");
    const auto* blob = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
    if (blob == nullptr) return "no such output";
    return read_file(blobs_.local_path(string_or(*blob, "hash")).value()).value();
  }

  fs::path folder(const std::string& id) { return work_ / "jobs" / id; }

  TemporaryFolder home_;
  fs::path work_ = home_.path() / "work";
  SystemClock clock_;
  FakeJobStore store_;
  FolderBlobStore blobs_{home_.path() / "blobs"};
  DirectClient client_{store_, blobs_, clock_};
  std::optional<Sandbox> sandbox_;
  std::optional<JobUser> user_;
  JobRunConfig config_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, JobRunTest, testing::Values(SandboxMode::auto_, SandboxMode::jail),
                         [](const auto& kind) {
                           return kind.param == SandboxMode::auto_ ? "Strongest" : "Jail";
                         });

TEST_P(JobRunTest, DeliversOutputsFactsAndQuantity) {
  store_.add("j1", "copy", copy_request());
  EXPECT_EQ(run(claim()), JobEnd::completed);
  const Job job = store_.get("j1");
  EXPECT_EQ(job.state, JobState::completed);
  EXPECT_EQ(job.charge.quantity, 7);
  EXPECT_EQ(int_or(job.result, "letters", 0), 6);
  EXPECT_EQ(output("j1", "copy"), "hello one two three ");
  EXPECT_EQ(string_or(job.result.at("outputs").at("copy").as_object(), "name"), "My copy.txt");
  EXPECT_FALSE(fs::exists(folder("j1"))) << "nothing is left behind";
}

TEST_P(JobRunTest, AnotherAttemptDoesNotRepeatFinishedSteps) {
  store_.add("j1", "copy", copy_request({{"die_after", "two"}}));
  EXPECT_EQ(run(claim()), JobEnd::failed);
  EXPECT_EQ(store_.get("j1").state, JobState::queued) << "a first crash is tried again";
  // On this machine another worker with another user may claim it.
  user_.emplace(std::move(sandbox_->take_user().value()));
  EXPECT_EQ(run(claim()), JobEnd::completed);
  EXPECT_EQ(output("j1", "copy"), "hello one two three ") << "each step ran once";
  EXPECT_EQ(client_.fetches, 1) << "the input was there";
}

TEST_P(JobRunTest, AWorkerKilledInTheMiddleLeavesItsFolderToTheNext) {
  store_.add("j1", "copy", copy_request({{"die_after", "three"}}));
  const Job job = claim();
  const pid_t worker = ::fork();
  if (worker == 0) {
    config_.shape = [](const Job&, SandboxedCommand&) { ::kill(::getpid(), SIGKILL); };
    run(job);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(worker, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(fs::exists(folder("j1") / kJobFile));
  store_.sweep(clock_.now_ms() + 60'000);
  EXPECT_EQ(run(claim()), JobEnd::completed);
}

TEST_P(JobRunTest, AsksForTheExactPriceAndStopsWhenRefused) {
  store_.quantity_max = 100;
  for (const auto code : {ErrorCode::insufficient_credit, ErrorCode::spending_cap_exceeded}) {
    store_.refusal = code;
    const std::string id(to_string(code));
    store_.add(id, "copy", copy_request({{"quantity", 101}}));
    EXPECT_EQ(run(claim()), JobEnd::lost);
    EXPECT_EQ(store_.get(id).failure_code, to_string(code));
    EXPECT_FALSE(fs::exists(folder(id)));
  }
}

TEST_P(JobRunTest, ATakenBackJobIsKilledAndDropped) {
  store_.add("j1", "hang");
  const Job job = claim();
  std::jthread canceller([&] {
    wait_for_progress("j1");
    (void)store_.cancel("", "j1", 0);
  });
  EXPECT_EQ(run(job), JobEnd::lost);
  EXPECT_EQ(store_.get("j1").state, JobState::cancelled);
}

TEST_P(JobRunTest, ALateWorkerCannotTouchAJobThatWasTakenOver) {
  store_.add("j1", "hang");
  const Job first = claim();
  std::jthread thief([&] {
    wait_for_progress("j1");
    store_.sweep(clock_.now_ms() + 60'000);
    EXPECT_EQ(claim().fence, first.fence + 1);
  });
  EXPECT_EQ(run(first), JobEnd::lost);
  EXPECT_EQ(store_.get("j1").state, JobState::running);
}

TEST_P(JobRunTest, EndsAtTheDeadline) {
  store_.add("j1", "hang", {}, clock_.now_ms() + 300);
  EXPECT_EQ(run(claim()), JobEnd::failed);
  EXPECT_EQ(store_.get("j1").state, JobState::failed);
  EXPECT_EQ(store_.get("j1").failure_code, "deadline_exceeded");
}

TEST_P(JobRunTest, AStoppedWorkerGivesItsJobBackAndKeepsTheFolder) {
  store_.add("j1", "hang");
  const Job job = claim();
  std::stop_source stop;
  std::jthread stopper([&] {
    wait_for_progress("j1");
    stop.request_stop();
  });
  EXPECT_EQ(run(job, stop.get_token()), JobEnd::stopped);
  EXPECT_EQ(store_.get("j1").state, JobState::queued);
  EXPECT_TRUE(fs::exists(folder("j1")));
}

TEST_P(JobRunTest, AServerThatIsAwayForAWhileGetsItsReportLater) {
  store_.add("j1", "copy", copy_request());
  client_.calls_to_miss = 2;
  EXPECT_EQ(run(claim()), JobEnd::completed);
  EXPECT_EQ(store_.get("j1").state, JobState::completed);
}

TEST_P(JobRunTest, NoiseOnStandardOutputHarmsNothing) {
  store_.add("j1", "babble");
  EXPECT_EQ(run(claim()), JobEnd::completed);
  EXPECT_EQ(output("j1", "a"), "a");
  EXPECT_THAT(store_.get("j1").stage, testing::AnyOf("", "babbling"));
}

TEST_P(JobRunTest, ProgressReachesTheStore) {
  store_.add("j1", "hang");
  const Job job = claim();
  std::stop_source stop;
  std::jthread watcher([&] {
    wait_for_progress("j1");
    EXPECT_EQ(store_.get("j1").progress, 0.5);
    EXPECT_EQ(store_.get("j1").stage, "hanging");
    stop.request_stop();
  });
  run(job, stop.get_token());
}

TEST_P(JobRunTest, TheErrorOfAStepIsTheErrorOfTheJob) {
  store_.add("j1", "refuse");
  EXPECT_EQ(run(claim()), JobEnd::failed);
  EXPECT_EQ(store_.get("j1").state, JobState::failed);
  EXPECT_EQ(store_.get("j1").failure_code, "tts_text_invalid");
  EXPECT_EQ(store_.get("j1").failure_message, "The text cannot be spoken.");
  EXPECT_FALSE(fs::exists(folder("j1")));
}

TEST_P(JobRunTest, AnErrorThatMayPassIsTriedAgain) {
  store_.add("j1", "stumble");
  EXPECT_EQ(run(claim()), JobEnd::failed);
  EXPECT_EQ(store_.get("j1").state, JobState::queued);
}

TEST_P(JobRunTest, ARenderThatCrashesTwiceFailsTheJob) {
  store_.add("j1", "crash");
  run(claim());
  EXPECT_EQ(store_.get("j1").state, JobState::queued);
  run(claim());
  EXPECT_EQ(store_.get("j1").state, JobState::failed);
  EXPECT_EQ(store_.get("j1").failure_code, "engine_failed");
}

TEST_P(JobRunTest, AnExceptionAndAnUnknownKindAreErrors) {
  store_.add("j1", "throw");
  run(claim());
  EXPECT_EQ(store_.get("j1").failure_code, "internal_error");
  store_.add("j2", "unheard_of");
  run(claim());
  EXPECT_EQ(store_.get("j2").failure_code, "not_implemented");
}

TEST_P(JobRunTest, NeverDeliversWhatIsNotTheRendersOwnFile) {
  int number = 0;
  for (const char* file :
       {"link.txt", "fifo.txt", "folder.txt", "../job.json", "/etc/hostname", "absent.txt", ""}) {
    const std::string id = "j" + std::to_string(++number);
    store_.add(id, "steal", {{"file", file}});
    EXPECT_EQ(run(claim()), JobEnd::failed) << file;
    EXPECT_EQ(store_.get(id).failure_code, "engine_failed") << file;
  }
}

TEST_P(JobRunTest, AnInputThatIsGoneFailsTheJob) {
  store_.add("j1", "copy", copy_request());
  for (const auto& blob : fs::directory_iterator(home_.path() / "blobs")) fs::remove(blob);
  EXPECT_EQ(run(claim()), JobEnd::failed);
  EXPECT_EQ(store_.get("j1").state, JobState::failed);
}

TEST_P(JobRunTest, AFolderInUseIsNotShared) {
  store_.add("j1", "copy", copy_request());
  const Job job = claim();
  const auto first = JobFolder::open(work_, job, *user_, {});
  const auto second = JobFolder::open(work_, job, *user_, {});
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->path(), second->path());
}

TEST_P(JobRunTest, OnlyFoldersThatNobodyHoldsAreSweptAway) {
  Job job;
  job.fence = 1;
  for (const char* id : {"held", "old", "young"}) {
    job.id = id;
    ASSERT_TRUE(JobFolder::open(work_, job, *user_, {}));
  }
  job.id = "held";
  const auto held = JobFolder::open(work_, job, *user_, {});
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const char* id : {"held", "old"}) fs::last_write_time(folder(id).string() + ".lock", past);
  EXPECT_EQ(remove_stale_job_folders(work_, std::chrono::hours(1)), 1);
  EXPECT_TRUE(fs::exists(folder("held")));
  EXPECT_FALSE(fs::exists(folder("old")));
  EXPECT_TRUE(fs::exists(folder("young")));
}

}  // namespace
}  // namespace understudy::jobs
