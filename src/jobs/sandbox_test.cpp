// Every promise of the sandbox, tried by a program that breaks it, for each kind that works here.
#include "jobs/sandbox.h"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <test_paths.h>
#include <unistd.h>

#include "base/file.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class SandboxTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    ::chmod(home_.path().c_str(), 0755);
    fs::create_directories(folder_ / "work");
    fs::create_directories(home_.path() / "secret");
    std::ofstream(home_.path() / "secret" / "key") << "the key";
    ::chmod((home_.path() / "secret").c_str(), 0700);
    auto opened = Sandbox::open({.mode = GetParam(),
                                 .work_folder = home_.path(),
                                 .program = UNDERSTUDY_BINARY_DIR "/hostile_program"});
    ASSERT_TRUE(opened) << opened.error().message;
    sandbox_ = std::make_unique<Sandbox>(std::move(*opened));
    auto user = sandbox_->take_user();
    ASSERT_TRUE(user) << user.error().message;
    user_ = std::make_unique<JobUser>(std::move(*user));
    for (const auto& path : {folder_, folder_ / "work"}) {
      ASSERT_EQ(::chown(path.c_str(), user_->uid(), -1), 0);
    }
  }

  SandboxedCommand command(std::vector<std::string> arguments) {
    SandboxedCommand made;
    made.arguments = std::move(arguments);
    made.folder = folder_;
    made.writable = {"work"};
    return made;
  }

  SandboxedCommand shell(const std::string& script) {
    auto made = command({"-c", script});
    made.program = "/usr/bin/sh";
    return made;
  }

  Sandbox::Finished run(const SandboxedCommand& command) {
    auto finished = sandbox_->run(command, *user_, seconds(20), 1 << 20);
    EXPECT_TRUE(finished) << finished.error().message;
    return finished ? std::move(*finished) : Sandbox::Finished{};
  }

  TemporaryFolder home_;
  fs::path folder_ = home_.path() / "job";
  std::unique_ptr<Sandbox> sandbox_;
  std::unique_ptr<JobUser> user_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, SandboxTest, testing::Values(SandboxMode::auto_, SandboxMode::jail),
                         [](const auto& kind) {
                           return kind.param == SandboxMode::auto_ ? "Strongest" : "Jail";
                         });

TEST_P(SandboxTest, RunsAProgramAndGivesItsOutputErrorsAndCode) {
  const auto finished = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(finished.output, "out\n");
  EXPECT_EQ(finished.exit.errors, "err\n");
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_EQ(finished.exit.text(), "exit code 3");
}

TEST_P(SandboxTest, WritesOnlyToTheFoldersThatTheCommandNames) {
  std::ofstream(folder_ / "job.json") << "{}";
  const auto finished =
      run(shell("echo a > work/a; echo b > b; echo c > job.json; echo d > /usr/d; "
                "echo e > ../e; cat work/a"));
  EXPECT_EQ(finished.output, "a\n");
  EXPECT_TRUE(fs::exists(folder_ / "work" / "a"));
  EXPECT_FALSE(fs::exists(folder_ / "b"));
  EXPECT_EQ(fs::file_size(folder_ / "job.json"), 2u);
  EXPECT_FALSE(fs::exists("/usr/d"));
  EXPECT_FALSE(fs::exists(home_.path() / "e"));
}

TEST_P(SandboxTest, ReadsNothingOfTheServer) {
  const auto finished = run(shell("cat " + (home_.path() / "secret/key").string() +
                                  " ../secret/key /etc/shadow; ls /root /home"));
  EXPECT_EQ(finished.output, "");
}

TEST_P(SandboxTest, HasNoNetwork) {
  EXPECT_EQ(run(command({"sockets"})).output, "network refused, unix worked\n");
}

TEST_P(SandboxTest, RefusesPtraceNamespacesMountsAndRoot) {
  EXPECT_EQ(run(command({"tamper"})).output, "tampering refused\n");
}

TEST_P(SandboxTest, GivesAnEnvironmentOfItsOwn) {
  ::setenv("UNDERSTUDY_TEST_SECRET", "x", 1);
  auto wanted = shell("env");
  wanted.environment = {"UNDERSTUDY_PLAIN=y"};
  const auto output = run(wanted).output;
  EXPECT_THAT(output, Not(HasSubstr("SECRET")));
  EXPECT_THAT(output, HasSubstr("UNDERSTUDY_PLAIN=y"));
}

TEST_P(SandboxTest, InheritsNoDescriptor) {
  const int leaked = ::open("/etc/hostname", O_RDONLY);  // without O_CLOEXEC
  const auto output = run(shell("ls /proc/self/fd | wc -l")).output;
  ::close(leaked);
  EXPECT_LE(std::stoi(output), 4) << "0, 1, 2 and the listing's own";
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_P(SandboxTest, StopsMemoryAtItsLimit) {
  auto wanted = command({"allocate", "", "512"});
  wanted.limits.address_space = 256LL << 20;
  EXPECT_THAT(run(wanted).output, HasSubstr("allocated"));
}
#endif

TEST_P(SandboxTest, StopsComputingAtItsLimit) {
  auto wanted = command({"burn"});
  wanted.limits.cpu_s = 1;
  const auto finished = run(wanted);
  EXPECT_NE(finished.exit.signal, 0) << finished.exit.text();
  EXPECT_GE(finished.exit.cpu_ms, 500);  // the limit counts in ticks
}

TEST_P(SandboxTest, StopsLargeFilesAtTheirLimit) {
  auto wanted = command({"write", "work/large", "50"});
  wanted.limits.file_size = 4LL << 20;
  run(wanted);
  EXPECT_LE(fs::file_size(folder_ / "work" / "large"), 4u << 20);
}

TEST_P(SandboxTest, StopsForksAtTheirLimit) {
  if (!user_->is_own() && ::geteuid() == 0) GTEST_SKIP() << "the kernel does not limit root";
  auto wanted = command({"fork", "", "900"});
  wanted.limits.process_count = 40;
  const std::string output = run(wanted).output;
  ASSERT_THAT(output, testing::StartsWith("forked "));
  // Without a user of its own the limit counts from what that user ran already.
  EXPECT_LT(std::stoi(output.substr(7)), user_->is_own() ? 41 : 800);
}

TEST_P(SandboxTest, KillsWhatTheProgramLeavesBehind) {
  const auto finished = run(command({"daemon", "work/pulse"}));
  EXPECT_EQ(finished.output, "daemon left\n");
  const auto size = fs::exists(folder_ / "work/pulse") ? fs::file_size(folder_ / "work/pulse") : 0;
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(fs::exists(folder_ / "work/pulse") ? fs::file_size(folder_ / "work/pulse") : 0, size);
}

TEST_P(SandboxTest, KillEndsTheWholeTree) {
  auto process = sandbox_->start(shell("sh -c 'trap \"\" TERM; echo on; sleep 1000' & "
                                       "setsid sleep 1000 & sleep 1000"),
                                 *user_);
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->next_line(seconds(10)), "on");
  (*process)->kill();
  EXPECT_TRUE((*process)->wait_for_end(seconds(10)));
  EXPECT_EQ((*process)->exit().signal, SIGKILL) << (*process)->exit().text();
}

// The keeper holds the lock for as long as anything of the tree is there.
TEST_P(SandboxTest, DiesWithTheProcessThatStartedIt) {
  const fs::path lock_path = home_.path() / "lock";
  const pid_t worker = ::fork();
  if (worker == 0) {
    auto wanted = shell("echo on; setsid sleep 1000 & sleep 1000");
    wanted.held_fd = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ::flock(wanted.held_fd, LOCK_EX);
    auto process = sandbox_->start(wanted, *user_);
    if (!process || (*process)->next_line(seconds(10)) != "on") ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(worker, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(::flock(lock, LOCK_EX), 0);  // returns when the keeper is gone
  ::close(lock);
}

TEST_P(SandboxTest, DropsOversizedLinesAndKeepsTheOthers) {
  auto process = sandbox_->start(
      shell("echo first; head -c 100000 /dev/zero | tr '\\0' x; echo; echo last; printf rest"),
      *user_);
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->next_line(seconds(10)), "first");
  EXPECT_EQ((*process)->next_line(seconds(10)), "last");
  EXPECT_EQ((*process)->next_line(seconds(10)), "rest");
  EXPECT_EQ((*process)->next_line(seconds(10)), std::nullopt);
  EXPECT_TRUE((*process)->has_ended());
  EXPECT_EQ((*process)->dropped_lines(), 1u);
}

TEST_P(SandboxTest, KeepsOnlyTheEndOfStandardError) {
  const auto finished = run(shell("head -c 200000 /dev/zero | tr '\\0' x >&2; echo end >&2"));
  EXPECT_EQ(finished.exit.errors.size(), SandboxedProcess::kErrorsMax);
  EXPECT_THAT(finished.exit.errors, testing::EndsWith("end\n"));
}

TEST_P(SandboxTest, ALineGoesInAndAWriteToADeadProgramIsAnError) {
  auto process = sandbox_->start(shell("read line; echo got $line"), *user_);
  ASSERT_TRUE(process);
  ASSERT_TRUE((*process)->write_line("ok"));
  EXPECT_EQ((*process)->next_line(seconds(10)), "got ok");
  ASSERT_TRUE((*process)->wait_for_end(seconds(10)));
  EXPECT_FALSE((*process)->write_line("late"));
}

TEST_P(SandboxTest, EndsAProgramThatTakesTooLong) {
  const auto finished = sandbox_->run(shell("sleep 1000"), *user_, milliseconds(50), 100);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::deadline_exceeded);
}

TEST_P(SandboxTest, AFolderBehindAClosedDoorCanStillBeAJobs) {
  if (!user_->is_own()) GTEST_SKIP() << "the job's user is the server's";
  const fs::path closed = home_.path() / "secret" / "job";
  fs::create_directories(closed / "work");
  ASSERT_EQ(::chown((closed / "work").c_str(), user_->uid(), -1), 0);
  ::chmod(closed.c_str(), 0755);
  auto wanted = shell("echo in > work/a; cat work/a");
  wanted.folder = closed;
  EXPECT_EQ(run(wanted).output, "in\n");
}

TEST_P(SandboxTest, AProgramInAClosedFolderTakesItsCompanionsWithIt) {
  const fs::path folder = home_.path() / "secret";
  for (const char* name : {"tool", "tool-helper"}) {
    fs::copy_file(UNDERSTUDY_BINARY_DIR "/hostile_program", folder / name);
    ::chmod((folder / name).c_str(), 0700);  // as a strict umask leaves it
  }
  const auto sandbox =
      Sandbox::open({.mode = GetParam(), .work_folder = home_.path(), .program = folder / "tool"});
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  const auto finished = sandbox->run(command({"companion"}), *user_, seconds(20), 1000);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "hello from beside\n");
}

TEST(Sandbox, TwoWorkersNeverShareAUser) {
  TemporaryFolder home;
  const auto sandbox = Sandbox::open({.work_folder = home.path()});
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  const auto first = sandbox->take_user();
  const auto second = sandbox->take_user();
  ASSERT_TRUE(first && second);
  if (!first->is_own()) GTEST_SKIP() << "jobs run as the server's user here";
  EXPECT_NE(first->uid(), second->uid());
}

TEST(Sandbox, SaysWhatIsActiveAndHowToGetTheStrongerOne) {
  TemporaryFolder home;
  const auto jail = Sandbox::open({.mode = SandboxMode::jail, .work_folder = home.path()});
  ASSERT_TRUE(jail) << jail.error().message;
  EXPECT_EQ(jail->kind(), SandboxKind::jail);
  EXPECT_FALSE(jail->weakness().empty());
  const auto strongest = Sandbox::open({.work_folder = home.path()});
  ASSERT_TRUE(strongest);
  EXPECT_EQ(strongest->weakness().empty(), strongest->kind() == SandboxKind::bubblewrap);
  EXPECT_THAT(to_text(strongest->report()), HasSubstr(to_string(strongest->kind())));
}

}  // namespace
}  // namespace understudy::jobs
