// Processes that are kept running, with a shell script as the worker.
#include "jobs/local_workers.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;

class LocalWorkersTest : public testing::Test {
 protected:
  LocalWorkersConfig script(const std::string& text) {
    const fs::path path = home_.path() / "worker.sh";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    ::chmod(path.c_str(), 0755);
    return {.program = path,
            .server_url = "http://127.0.0.1:1",
            .token_file = "worker.token",
            .work_folder = home_.path(),
            .count = 2};
  }
  // The lines that the workers wrote, once there are so many.
  std::vector<std::string> wait_for_lines(std::size_t count) {
    std::vector<std::string> lines;
    while (lines.size() < count) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      lines.clear();
      std::ifstream in(home_.path() / "log");
      for (std::string line; std::getline(in, line);) lines.push_back(line);
    }
    return lines;
  }
  std::string log() { return (home_.path() / "log").string(); }
  TemporaryFolder home_;
};

TEST_F(LocalWorkersTest, StartsOnePerCountAndOneForSpeechAlone) {
  const LocalWorkers workers(script("echo \"$@\" >> " + log() + "\nexec sleep 1000"));
  const auto lines = wait_for_lines(3);
  EXPECT_EQ(workers.running(), 3);
  const std::string common =
      "worker --server http://127.0.0.1:1 --token-file worker.token --work " +
      home_.path().string();
  EXPECT_THAT(lines, testing::UnorderedElementsAre(common + " --lane speech",
                                                   common + " --lane standard --lane speech",
                                                   common + " --lane standard --lane speech"));
}

TEST_F(LocalWorkersTest, StartsAgainWhatEnds) {
  const LocalWorkers workers(script("echo x >> " + log() + "\nexit 1"));
  wait_for_lines(5);
  EXPECT_GE(workers.restarts(), 2);
}

TEST_F(LocalWorkersTest, EndsAllOfThem) {
  {
    const LocalWorkers workers(script("echo $$ >> " + log() + "\nexec sleep 1000"));
    wait_for_lines(3);
  }
  for (const auto& pid : wait_for_lines(3)) {
    EXPECT_FALSE(fs::exists("/proc/" + pid + "/exe")) << pid;
  }
}

TEST_F(LocalWorkersTest, CountZeroStartsNone) {
  auto config = script("echo x >> " + log());
  config.count = 0;
  const LocalWorkers workers(config);
  EXPECT_EQ(workers.running(), 0);
}

}  // namespace
}  // namespace understudy::jobs
