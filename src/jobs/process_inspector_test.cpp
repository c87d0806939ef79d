// Facts of files from a process that the files cannot harm.
#include "jobs/process_inspector.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <test_paths.h>

#include "base/file.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;

class ProcessInspectorTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(home_.path() / "work");
    fs::create_directory(home_.path() / "data");
    ::chmod((home_.path() / "data").c_str(), 0700);
    auto opened = Sandbox::open(
        {.work_folder = home_.path() / "work", .program = UNDERSTUDY_BINARY_DIR "/test_render"});
    ASSERT_TRUE(opened) << opened.error().message;
    sandbox_.emplace(std::move(*opened));
  }
  fs::path file(const std::string& text) {
    const fs::path path = home_.path() / "data" / "upload";
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    return path;
  }
  ProcessInspector inspector(ProcessInspector::Config config = {}) {
    config.work_folder = home_.path() / "work";
    return ProcessInspector(*sandbox_, config);
  }
  TemporaryFolder home_;
  std::optional<Sandbox> sandbox_;
};

TEST_F(ProcessInspectorTest, GivesTheFactsOfAFileInAClosedFolder) {
  const auto facts = inspector().inspect(file("12345"));
  ASSERT_TRUE(facts) << facts.error().message << facts.error().detail;
  EXPECT_EQ(int_or(*facts, "size", 0), 5);
  EXPECT_TRUE(fs::is_empty(home_.path() / "work")) << "nothing is left behind";
}

TEST_F(ProcessInspectorTest, ALargeFileIsNotCopiedAndKeepsItsRights) {
  const fs::path large = file("");
  fs::resize_file(large, 80u << 20);
  struct stat before {};
  struct stat after {};
  ::stat(large.c_str(), &before);
  const auto facts = inspector().inspect(large);
  ::stat(large.c_str(), &after);
  ASSERT_TRUE(facts) << facts.error().message << facts.error().detail;
  EXPECT_EQ(int_or(*facts, "size", 0), 80 << 20);
  EXPECT_EQ(before.st_mode, after.st_mode);
  EXPECT_EQ(before.st_gid, after.st_gid);
  EXPECT_EQ(after.st_nlink, 1u);
}

TEST_F(ProcessInspectorTest, PassesOnWhatTheProgramSaysIsWrong) {
  const auto facts = inspector().inspect(file("bad"));
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::no_audio_track);
  EXPECT_EQ(facts.error().message, "It is silent.");
}

TEST_F(ProcessInspectorTest, AFileThatCrashesOrBurnsItIsUnreadable) {
  EXPECT_EQ(inspector().inspect(file("crash")).error().code, ErrorCode::media_unreadable);
  ProcessInspector::Config config;
  config.limits.cpu_s = 1;
  EXPECT_EQ(inspector(config).inspect(file("burn")).error().code, ErrorCode::media_unreadable);
  config = {};
  config.time_max = std::chrono::milliseconds(100);
  EXPECT_EQ(inspector(config).inspect(file("burn")).error().code, ErrorCode::media_unreadable);
}

}  // namespace
}  // namespace understudy::jobs
