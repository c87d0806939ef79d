// Power cuts: the stores run on a disk in memory where only a sync makes bytes durable. At a random
// operation of the disk the power goes; every sector that was not synced is then there or not, by
// chance. After the restart everything that was answered must be there, and the ledger must be
// clean. The group commit and the checkpointer are the real ones.
//
// UNDERSTUDY_LONG_TESTS=1 makes it thousands of cuts.
#include <cstdlib>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "storage/sql/ledger_check.h"
#include "storage/sql/migrations.h"
#include "storage/sqlite/group_commit.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/test_ledger.h"
#include "storage/testing/disk_in_memory.h"

namespace understudy::storage {
namespace {

// Cuts that one machine goes through, each with what the cuts before have left.
constexpr int kCutsOfOneMachine = 6;
constexpr int kCutsShort = 60;
constexpr int kCutsLong = 3'000;  // of each kind

int cuts() { return std::getenv("UNDERSTUDY_LONG_TESTS") != nullptr ? kCutsLong : kCutsShort; }

// Reads take their turn with the writes, so that the answers are those of the writer.
class OneConnection final : public Database {
 public:
  OneConnection(std::unique_ptr<SqliteConnection> writer,
                std::unique_ptr<Checkpointer> checkpointer)
      : writer_(std::move(writer), std::move(checkpointer)) {}

 protected:
  Result<void> run_write(const Step& step) override { return writer_.run(step); }
  Result<void> run_read(const Step& step) override { return writer_.run(step); }

 private:
  GroupCommit writer_;
};

enum class Sync { full, normal };

// Checkpoints come often, so that the power also goes during one.
Result<std::unique_ptr<Database>> start_as_served() {
  TRY_ASSIGN(auto connection, open_sqlite_writer({.file = "understudy.db", .now_ms = kNowMs}));
  TRY_ASSIGN(auto copier,
             open_sqlite_connection("understudy.db", SqliteAccess::read_write_no_checkpoints));
  return std::make_unique<OneConnection>(
      std::move(connection),
      std::make_unique<Checkpointer>(std::move(copier),
                                     Checkpointer::Limits{.log_pages = 30, .rest_pages = 5}));
}

// The log is combined in the memory of the connection that writes it, and without a sync another
// one would not see it: this mode works with a single connection only.
Result<std::unique_ptr<Database>> start_with_fewer_syncs() {
  TRY_ASSIGN(auto connection, open_sqlite_connection("understudy.db", SqliteAccess::read_write));
  TRY(connection->run_script("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=30"));
  TRY(migrate(*connection, kNowMs));
  return std::make_unique<OneConnection>(std::move(connection), nullptr);
}

Result<std::unique_ptr<Database>> start(Sync sync) {
  return sync == Sync::full ? start_as_served() : start_with_fewer_syncs();
}

// What the stores answered with success.
struct Answered {
  std::vector<std::string> submitted;
  std::vector<std::string> completed;
  std::vector<std::string> paid_in;
  std::size_t count() const { return submitted.size() + completed.size() + paid_in.size(); }
  void add(const Answered& more) {
    submitted.insert(submitted.end(), more.submitted.begin(), more.submitted.end());
    completed.insert(completed.end(), more.completed.begin(), more.completed.end());
    paid_in.insert(paid_in.end(), more.paid_in.begin(), more.paid_in.end());
  }
};

// Works until the power is gone.
Answered spend(Database& database) {
  const auto ledger = make_ledger_store(database);
  const auto queue = make_job_store(database);
  Answered answered;
  while (true) {
    const std::string payment = new_id(kNowMs);
    if (!ledger->fund({.account_id = "ann", .amount = usd("1"), .reference = payment}, kNowMs)) {
      return answered;
    }
    answered.paid_in.push_back(payment);
    const auto job = paid_job("ann", usd("0.5"));
    if (!queue->submit({.jobs = {job}})) return answered;
    answered.submitted.push_back(job.id);
    const auto claimed = queue->claim(any_worker(), kNowMs);
    if (!claimed) return answered;
    if (!*claimed) continue;
    if (!queue->complete(completion(**claimed, 1000), kNowMs)) return answered;
    answered.completed.push_back((*claimed)->id);
  }
}

class Machine {
 public:
  Machine(std::uint64_t seed, int callers, Sync sync)
      : callers_(callers), sync_(sync), random_(seed), disk_(seed) {
    const auto database = start(sync_).value();
    const auto accounts = make_account_store(*database);
    EXPECT_TRUE(accounts->create_account({.id = "ann", .name = "", .email = ""}));
  }

  void work_until_cut() {
    // Now and then it goes while the machine is still starting.
    disk_.arm(DiskFault::power_cut, static_cast<std::int64_t>(random_() % 200));
    if (const auto database = start(sync_)) {
      std::vector<Answered> answered(static_cast<std::size_t>(callers_));
      std::vector<std::thread> threads;
      for (auto& own : answered) threads.emplace_back([&] { own = spend(**database); });
      for (auto& thread : threads) thread.join();
      for (const auto& own : answered) answered_.add(own);
    }
    disk_.restart();
  }

  // How many of the answered operations are gone. Whole and clean must the database be in any case.
  std::size_t count_lost() {
    const auto database = start(sync_).value();
    const auto whole = database->read([](Connection& connection) {
      return connection.first("PRAGMA integrity_check", {},
                              [](const Row& row) { return std::string(row.text(0)); });
    });
    EXPECT_EQ(whole.value().value(), "ok");
    const auto report = database->read([](Connection& c) { return check_ledger(c); }).value();
    EXPECT_TRUE(report.is_ok()) << to_text(report);
    const auto lost = lost_of(*database);
    answered_ = {};  // what was found once is on the disk for good
    return lost;
  }

  std::size_t answered() const { return answered_.count(); }

 private:
  std::size_t lost_of(Database& database) const {
    const auto queue = make_job_store(database);
    const auto ledger = make_ledger_store(database);
    std::size_t lost = 0;
    for (const auto& id : answered_.submitted) lost += queue->find("ann", id) ? 0u : 1u;
    for (const auto& id : answered_.completed) {
      const auto job = queue->find("ann", id);
      lost += job && job->state == jobs::JobState::completed ? 0u : 1u;
    }
    // The same payment once more, with another amount: refused when it was booked.
    for (const auto& reference : answered_.paid_in) {
      const auto again =
          ledger->fund({.account_id = "ann", .amount = usd("2"), .reference = reference}, kNowMs);
      lost += !again && again.error().code == ErrorCode::conflict ? 0u : 1u;
    }
    return lost;
  }

  int callers_;
  Sync sync_;
  std::mt19937_64 random_;
  DiskInMemory disk_;
  Answered answered_;
};

struct Outcome {
  std::size_t answered = 0;
  std::size_t lost = 0;
};

Outcome cut_power(int times, int callers, Sync sync) {
  // Every cut is an undone batch, which the log calls an error.
  testing::internal::CaptureStderr();
  Outcome outcome;
  for (int cut = 0; cut < times && !testing::Test::HasFailure();) {
    const auto seed = static_cast<std::uint64_t>(cut) * 7919u + static_cast<std::uint64_t>(callers);
    Machine machine(seed, callers, sync);
    for (int i = 0; i < kCutsOfOneMachine && cut < times; ++i, ++cut) {
      SCOPED_TRACE("cut " + std::to_string(cut));
      machine.work_until_cut();
      outcome.answered += machine.answered();
      outcome.lost += machine.count_lost();
    }
  }
  testing::internal::GetCapturedStderr();
  return outcome;
}

void expect_nothing_lost(int callers) {
  const int times = cuts();
  const Outcome outcome = cut_power(times, callers, Sync::full);
  EXPECT_EQ(outcome.lost, 0u);
  EXPECT_GT(outcome.answered, static_cast<std::size_t>(times));
  std::printf("%d cuts, %zu answered operations, %zu lost\n", times, outcome.answered,
              outcome.lost);
}

TEST(PowerCut, LosesNothingThatWasAnsweredToOneCaller) { expect_nothing_lost(1); }

TEST(PowerCut, LosesNothingThatWasAnsweredInBatches) { expect_nothing_lost(6); }

// The harness has teeth: with one sync less, these very cuts lose what was answered.
TEST(PowerCut, LosesAnsweredOperationsWithoutASyncOfEveryCommit) {
  for (const int callers : {1, 6}) {
    const Outcome outcome = cut_power(4 * kCutsOfOneMachine, callers, Sync::normal);
    EXPECT_GT(outcome.lost, 0u) << callers << " callers";
  }
}

}  // namespace
}  // namespace understudy::storage
