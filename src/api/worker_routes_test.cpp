// The worker protocol over real HTTP, with real workers, a store in memory and renders in a
// sandbox.
#include "api/worker_routes.h"

#include <fstream>
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <test_paths.h>
#include <unistd.h>

#include "api/test_server.h"
#include "jobs/testing/fake_job_store.h"
#include "jobs/worker.h"

namespace understudy::api {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kToken = "a worker token of the tests";

class WorkerRoutesTest : public testing::Test {
 protected:
  WorkerRoutesTest() {
    fs::create_directory(home_.path() / "blobs");
    waking_ = jobs::make_waking_job_store(store_, notifier_);
    server_ = std::make_unique<TestServer>(
        worker_routes({*waking_, blobs_, notifier_, clock_},
                      {.token = kToken, .upload_max = 4 << 20, .claim_wait_max_ms = 20'000}));
  }
  ~WorkerRoutesTest() override { notifier_.stop(); }

  std::unique_ptr<jobs::WorkerClient> client(const char* token = kToken) {
    return jobs::open_worker_client({.server_url = server_->url(), .token = token});
  }
  jobs::ClaimRequest request() {
    return {.worker_id = "w", .lanes = {jobs::Lane::standard}, .lease_ms = 5'000};
  }
  jobs::WorkerConfig worker_config() {
    jobs::WorkerConfig config{.server_url = server_->url(), .token = kToken};
    config.sandbox.work_folder = home_.path() / "work";
    config.sandbox.program = UNDERSTUDY_BINARY_DIR "/test_render";
    config.run.heartbeat_ms = 50;
    config.claim_wait_ms = 500;
    return config;
  }
  // What the worker of these tests copies.
  json::object copy_request(json::object more = {}) {
    jobs::BlobRef text = blobs_.put_bytes("hello ").value();
    text.name = "text.txt";
    more["inputs"] = json::object{{"text", jobs::to_json(text)}};
    return more;
  }
  void submit(const std::string& id, const std::string& kind, json::object request = {}) {
    jobs::NewJob job;
    job.id = id;
    job.kind = kind;
    job.request = std::move(request);
    ASSERT_TRUE(waking_->submit({.jobs = {job}, .answer = {}}));
  }
  jobs::Job wait_for_end(const std::string& id) {
    while (!jobs::is_terminal(store_.get(id).state)) std::this_thread::sleep_for(milliseconds(5));
    return store_.get(id);
  }

  TemporaryFolder home_;
  SystemClock clock_;
  jobs::FakeJobStore store_;
  jobs::FolderBlobStore blobs_{home_.path() / "blobs"};
  jobs::JobNotifier notifier_;
  std::unique_ptr<jobs::JobStore> waking_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(WorkerRoutesTest, NothingIsAnsweredWithoutTheToken) {
  store_.add("j1", "copy");
  const auto claimed = client("a wrong token of the tests")->claim(request(), 0, {});
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, ErrorCode::unauthorized);
  Connection connection(server_->port());
  EXPECT_EQ(
      connection
          .ask("GET /internal/v1/blobs/" + std::string(64, 'a') + " HTTP/1.1\r\nhost: x\r\n\r\n")
          .status,
      401);
  EXPECT_EQ(store_.get("j1").state, jobs::JobState::queued);
}

TEST_F(WorkerRoutesTest, AnUploadWithoutTheTokenIsRefusedBeforeItsBody) {
  Connection connection(server_->port());
  const auto answer = connection.ask(
      "PUT /internal/v1/blobs HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(server_->uploads_left(), 0u);
}

TEST_F(WorkerRoutesTest, AServerWithoutATokenAdmitsNobody) {
  TestServer open_server(worker_routes({*waking_, blobs_, notifier_, clock_}, {.token = ""}));
  const auto client = jobs::open_worker_client({.server_url = open_server.url(), .token = ""});
  EXPECT_EQ(client->claim(request(), 0, {}).error().code, ErrorCode::unauthorized);
}

TEST_F(WorkerRoutesTest, AWaitingClaimHearsOfANewJobAtOnce) {
  std::jthread submitter([&] {
    std::this_thread::sleep_for(milliseconds(100));
    submit("j1", "copy", {{"a", 1}});
  });
  const auto began = steady_clock::now();
  const auto claimed = client()->claim(request(), 15'000, {});
  ASSERT_TRUE(claimed && *claimed);
  EXPECT_EQ((**claimed).id, "j1");
  EXPECT_EQ((**claimed).fence, 1);
  EXPECT_EQ(int_or((**claimed).request, "a", 0), 1);
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(10)) << "it did not wait for the end";
}

TEST_F(WorkerRoutesTest, AClaimWithoutAJobComesBackEmpty) {
  const auto claimed = client()->claim(request(), 10, {});
  ASSERT_TRUE(claimed);
  EXPECT_FALSE(*claimed);
}

TEST_F(WorkerRoutesTest, AStoppedClaimReturns) {
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(50));
    stop.request_stop();
  });
  const auto claimed = client()->claim(request(), 20'000, stop.get_token());
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, ErrorCode::cancelled);
}

TEST_F(WorkerRoutesTest, FilesTravelBothWaysWhole) {
  const fs::path file = home_.path() / "large";
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += std::to_string(i);
  ASSERT_TRUE(write_file_durably(file, bytes));
  const auto blob = client()->upload(file, {});
  ASSERT_TRUE(blob) << blob.error().message;
  EXPECT_EQ(blob->hash, sha256_hex(bytes));
  EXPECT_EQ(blob->size, static_cast<std::int64_t>(bytes.size()));
  ASSERT_TRUE(client()->fetch(*blob, home_.path() / "back", {}));
  EXPECT_EQ(read_file(home_.path() / "back").value(), bytes);
  EXPECT_EQ(server_->uploads_left(), 0u);
}

TEST_F(WorkerRoutesTest, AnUploadAboveTheLimitAndAMissingBlobAreRefused) {
  const fs::path file = home_.path() / "large";
  ASSERT_TRUE(write_file_durably(file, ""));
  fs::resize_file(file, 5 << 20);
  const auto blob = client()->upload(file, {});
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().code, ErrorCode::payload_too_large);
  jobs::BlobRef missing{.hash = std::string(64, 'a'), .size = 1, .mime_type = "", .name = ""};
  EXPECT_EQ(client()->fetch(missing, home_.path() / "back", {}).error().code, ErrorCode::not_found);
}

TEST_F(WorkerRoutesTest, AStaleFenceIsAConflictInEveryCall) {
  store_.add("j1", "copy");
  const auto job = client()->claim(request(), 0, {});
  ASSERT_TRUE(job && *job);
  const std::int64_t stale = (**job).fence + 1;
  const auto worker = client();
  jobs::Heartbeat beat;
  beat.job_id = "j1";
  beat.fence = stale;
  EXPECT_EQ(worker->heartbeat(beat, {}).error().code, ErrorCode::conflict);
  EXPECT_EQ(worker->set_exact("j1", stale, 5, {}).error().code, ErrorCode::conflict);
  EXPECT_EQ(
      worker
          ->complete(
              {.job_id = "j1", .fence = stale, .quantity = 1, .result = {}, .output_blobs = {}}, {})
          .error()
          .code,
      ErrorCode::conflict);
  EXPECT_EQ(worker->fail("j1", stale, Error{}, false, {}).error().code, ErrorCode::conflict);
  beat.fence = (**job).fence;
  EXPECT_TRUE(worker->heartbeat(beat, {}));
}

TEST_F(WorkerRoutesTest, AnExactPriceThatIsNotCoveredSaysSo) {
  store_.quantity_max = 10;
  store_.add("j1", "copy");
  ASSERT_TRUE(client()->claim(request(), 0, {}));
  EXPECT_EQ(client()->set_exact("j1", 1, 11, {}).error().code, ErrorCode::insufficient_credit);
}

TEST_F(WorkerRoutesTest, OutputsThatWereNeverUploadedDoNotCompleteAJob) {
  store_.add("j1", "copy");
  ASSERT_TRUE(client()->claim(request(), 0, {}));
  EXPECT_FALSE(client()->complete({.job_id = "j1",
                                   .fence = 1,
                                   .quantity = 1,
                                   .result = {},
                                   .output_blobs = {std::string(64, 'a')}},
                                  {}));
  EXPECT_EQ(store_.get("j1").state, jobs::JobState::running);
}

TEST_F(WorkerRoutesTest, AWorkerTakesJobsFromClaimToReport) {
  auto worker = jobs::Worker::open(worker_config());
  ASSERT_TRUE(worker) << worker.error().message;
  std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE((*worker)->run(stop)); });
  submit("j1", "copy", copy_request());
  submit("j2", "refuse");
  const jobs::Job first = wait_for_end("j1");
  EXPECT_EQ(first.state, jobs::JobState::completed);
  const auto& copy = first.result.at("outputs").at("copy").as_object();
  EXPECT_EQ(read_file(blobs_.local_path(string_or(copy, "hash")).value()).value(),
            "hello one two three ");
  EXPECT_EQ(string_or(copy, "mime_type"), "text/plain");
  EXPECT_EQ(wait_for_end("j2").failure_code, "tts_text_invalid");
}

TEST_F(WorkerRoutesTest, AJobOfAKilledWorkerGoesOnWithTheNext) {
  submit("j1", "copy", copy_request({{"die_after", "two"}}));
  const pid_t process = ::fork();
  if (process == 0) {
    auto config = worker_config();
    // Killed once the first attempt of the render has died, before it can say so.
    config.run.shape = [](const jobs::Job& job, jobs::SandboxedCommand&) {
      if (job.attempt == 2) ::kill(::getpid(), SIGKILL);
    };
    auto worker = jobs::Worker::open(config);
    if (worker) (void)(*worker)->run({});
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  waking_->sweep(clock_.now_ms() + 60'000).value();
  auto worker = jobs::Worker::open(worker_config());
  std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE((*worker)->run(stop)); });
  const jobs::Job job = wait_for_end("j1");
  ASSERT_EQ(job.state, jobs::JobState::completed);
  EXPECT_EQ(job.attempt, 3);
  const auto& copy = job.result.at("outputs").at("copy").as_object();
  EXPECT_EQ(read_file(blobs_.local_path(string_or(copy, "hash")).value()).value(),
            "hello one two three ")
      << "each step ran once";
}

TEST_F(WorkerRoutesTest, AWrongTokenEndsTheWorkerWithAnError) {
  auto config = worker_config();
  config.token = "a wrong token of the tests";
  auto worker = jobs::Worker::open(config);
  ASSERT_TRUE(worker);
  EXPECT_EQ((*worker)->run({}).error().code, ErrorCode::unauthorized);
}

}  // namespace
}  // namespace understudy::api
