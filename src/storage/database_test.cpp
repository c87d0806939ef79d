// The database under load: many callers, refused steps, killed processes.
#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/sqlite/group_commit.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

constexpr int kCallers = 64;

template <class Work>
void from_many_threads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) threads.emplace_back([&work, i] { work(i); });
  for (auto& thread : threads) thread.join();
}

class DatabaseTest : public ::testing::TestWithParam<Backend> {
 protected:
  TestPlace place{GetParam()};
};
UNDERSTUDY_ON_EVERY_DATABASE(DatabaseTest);

class SqliteFile : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "understudy.db";
};

TEST_P(DatabaseTest, ManyCallersSpendExactlyWhatTheWalletHas) {
  Stores stores(place);
  stores.add_account("ann", usd("10.5"));
  std::atomic<int> accepted{0};
  std::atomic<int> refused{0};
  from_many_threads([&](int) {
    for (int i = 0; i < 5; ++i) {
      const auto done = stores.jobs->submit({.jobs = {paid_job("ann", usd("0.1"))}});
      if (done)
        ++accepted;
      else if (done.error().code == ErrorCode::insufficient_credit)
        ++refused;
    }
  });
  EXPECT_EQ(accepted, 105);
  EXPECT_EQ(refused, kCallers * 5 - 105);
  EXPECT_EQ(stores.wallet("ann").available(), usd("0"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(DatabaseTest, OneKeyFromManyCallersIsOneEffect) {
  Stores stores(place);
  stores.add_account("ann", usd("100"));
  std::atomic<int> fresh{0};
  std::atomic<int> submitted{0};
  from_many_threads([&](int) {
    const auto start = stores.answers->begin("ann POST /v3/videos", "k", kNowMs).value();
    if (start.state == jobs::IdempotencyStart::State::fresh) ++fresh;
    // Each behaves as if it were the first: the transaction still lets one through.
    const auto done = stores.jobs->submit(
        {.jobs = {paid_job("ann", usd("1"))},
         .answer = jobs::StoredAnswer{.scope = "ann POST /v3/videos", .key = "k", .body = "{}"}});
    if (done) ++submitted;
  });
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(submitted, 1);
  EXPECT_EQ(stores.wallet("ann").held, usd("1"));
  EXPECT_EQ(stores.jobs->list({.account_id = "ann", .limit = 100}).value().size(), 1u);
}

TEST_P(DatabaseTest, EachJobIsClaimedOnceAndChargedOnce) {
  Stores stores(place);
  stores.add_account("ann", usd("100"));
  constexpr int kJobs = 200;
  jobs::Submission batch;
  for (int i = 0; i < kJobs; ++i) batch.jobs.push_back(paid_job("ann", usd("0.1")));
  ASSERT_TRUE(stores.jobs->submit(batch));
  std::atomic<int> completed{0};
  from_many_threads([&](int) {
    while (const auto job = stores.jobs->claim(any_worker(), kNowMs).value()) {
      if (stores.jobs->complete(completion(*job, 1000), kNowMs)) ++completed;
    }
  });
  EXPECT_EQ(completed, kJobs);
  EXPECT_EQ(stores.wallet("ann").posted, usd("86.66"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(DatabaseTest, ARefusedStepLeavesItsNeighboursAlone) {
  Stores stores(place);
  std::atomic<int> kept{0};
  from_many_threads([&](int caller) {
    for (int i = 0; i < 20; ++i) {
      const std::string id = std::to_string(caller) + "-" + std::to_string(i);
      // Half of them as steps on a wallet, which share their writer with others.
      const auto write = [&](auto work) {
        if (caller % 2 == 0) return stores.database->write(work);
        return stores.database->write_for(i % 2 == 0 ? "ann" : "bob", work);
      };
      const auto done = write([&](Connection& connection) -> Result<void> {
        TRY(connection.execute("INSERT INTO blob_ref (owner, hash) VALUES ($1, '')", {id}));
        if (i % 3 == 0) return fail(ErrorCode::cancelled, "");
        if (i % 3 == 1)
          TRY(connection.execute("INSERT INTO blob_ref (owner, hash) VALUES ($1, '')", {id}));
        return {};
      });
      if (done) ++kept;
    }
  });
  const auto rows = stores.database->read([](Connection& connection) {
    return connection.first("SELECT count(*) FROM blob_ref", {},
                            [](const Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(kept, kCallers * 6);
  EXPECT_EQ(rows.value().value(), kept);
}

TEST_P(DatabaseTest, AnExceptionInAStepIsItsOwnFailureOnly) {
  Stores stores(place);
  const auto thrown =
      stores.database->write([](Connection&) -> Result<void> { throw std::runtime_error("boom"); });
  EXPECT_EQ(thrown.error().code, ErrorCode::internal_error);
  EXPECT_EQ(thrown.error().detail, "boom");
  stores.add_account("ann", usd("1"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("1"));
}

TEST_P(DatabaseTest, AReaderSeesOneStateWhileOthersWrite) {
  Stores stores(place);
  stores.add_account("ann", usd("10"));
  const auto same = stores.database->read_snapshot([&](Connection& connection) -> Result<bool> {
    const auto posted = [&] {
      return connection
          .first("SELECT posted FROM wallet", {}, [](const Row& row) { return row.integer(0); })
          .value();
    };
    const auto before = posted();
    EXPECT_TRUE(
        stores.ledger->fund({.account_id = "ann", .amount = usd("1"), .reference = "r"}, kNowMs));
    return before == posted();
  });
  EXPECT_TRUE(same.value());
  EXPECT_EQ(stores.wallet("ann").posted, usd("11"));
}

TEST_F(SqliteFile, TheLogStaysShortWhileManyWriteAndRead) {
  {
    Stores stores(file);  // the tables
  }
  const auto open = [&] {
    return open_sqlite_connection(file, SqliteAccess::read_write_no_checkpoints).value();
  };
  constexpr int kSteps = 200;
  constexpr Checkpointer::Limits kLimits{.log_pages = 200, .rest_pages = 20};
  const std::string hash(3000, 'x');
  {
    GroupCommit writer(open(), std::make_unique<Checkpointer>(open(), kLimits));
    from_many_threads([&](int caller) {
      for (int i = 0; i < kSteps; ++i) {
        const std::string owner = std::to_string(caller) + "-" + std::to_string(i);
        const auto done = writer.run([&](Connection& connection) -> Result<void> {
          TRY(connection.execute("INSERT INTO blob_ref (owner, hash) VALUES ($1, $2)",
                                 {owner, hash}));
          return {};
        });
        EXPECT_TRUE(done);
      }
    });
    // A log that never begins anew has all that was written, several times for rows that share a
    // page. How much shorter it is depends on when the checkpoints get their turn.
    EXPECT_LT(std::filesystem::file_size(file.string() + "-wal"), kCallers * kSteps * hash.size());
  }
  const auto rows = open()->first("SELECT count(*) FROM blob_ref WHERE length(hash) = 3000", {},
                                  [](const Row& row) { return row.integer(0); });
  EXPECT_EQ(rows.value().value(), kCallers * kSteps);
}

TEST_P(DatabaseTest, ADatabaseOfANewerVersionIsRefused) {
  {
    Stores stores(place);
    ASSERT_TRUE(stores.database->write([](Connection& connection) {
      return connection.execute("INSERT INTO schema_migration VALUES (9999, 'later', 0)");
    }));
  }
  const auto opened = place.try_open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("newer version"), std::string::npos);
}

TEST_F(SqliteFile, AFileThatIsNoDatabaseIsRefused) {
  ASSERT_TRUE(write_file_durably(file, std::string(5000, 'x')));
  EXPECT_EQ(open_sqlite({.file = file, .now_ms = kNowMs}).error().code, ErrorCode::storage_failed);
}

// In the child: submits and completes from several threads, and says each job over the pipe after
// the call returned: "s<id>" submitted, "c<id>" completed.
[[noreturn]] void spend_until_killed(const TestPlace& place, int pipe) {
  Stores stores(place);
  const auto say = [pipe](char what, const std::string& id) {
    const std::string line = what + id + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(1);
  };
  from_many_threads([&](int) {
    while (true) {
      const auto job = paid_job("ann", usd("0.5"));
      if (stores.jobs->submit({.jobs = {job}})) say('s', job.id);
      const auto claimed = stores.jobs->claim(any_worker(), kNowMs).value();
      if (claimed && stores.jobs->complete(completion(*claimed, 1000), kNowMs))
        say('c', claimed->id);
    }
  });
  ::_exit(0);
}

// Lines of the child until it was killed; a part of a line at the end was never said in full.
std::set<std::string> lines_until_killed(const TestPlace& place, int life_ms) {
  int ends[2] = {};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    spend_until_killed(place, ends[1]);
  }
  ::close(ends[1]);
  std::thread killer([&] {
    // From its first word on: a busy machine starts it late.
    pollfd said{.fd = ends[0], .events = POLLIN, .revents = 0};
    ::poll(&said, 1, 30'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(life_ms));
    ::kill(child, SIGKILL);
  });
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  killer.join();
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  std::set<std::string> lines;
  for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos;
       start = end + 1) {
    lines.insert(text.substr(start, end - start));
  }
  return lines;
}

TEST_P(DatabaseTest, WhatWasAnsweredSurvivesAKill) {
  {
    Stores stores(place);
    stores.add_account("ann", usd("1000000"));
  }
  std::size_t said = 0;
  for (const int life_ms : {90, 150, 210, 270, 330}) {
    const auto lines = lines_until_killed(place, life_ms);
    said += lines.size();
    Stores stores(place);
    for (const std::string& line : lines) {
      const auto job = stores.jobs->find("ann", line.substr(1));
      ASSERT_TRUE(job) << line;
      if (line[0] == 'c') {
        EXPECT_EQ(job->state, jobs::JobState::completed);
      }
    }
    EXPECT_TRUE(stores.is_clean());
  }
  EXPECT_GT(said, 0u);
}

}  // namespace
}  // namespace understudy::storage
