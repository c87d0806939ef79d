// What a durable wallet operation costs on SQLite with few and with many callers: the group commit
// against one transaction per operation. Both sides run the same stores, the same SQL and the full
// ledger with synchronous=FULL, in the same run, turn by turn.
//
//   wallet_bench [folder on the disk to measure] [seconds per turn] [turns]
//
// One JSON line per figure; the limit is for 64 callers.
#include <array>
#include <mutex>

#include <time.h>

#include "accounts/account.h"
#include "base/file.h"
#include "base/log.h"
#include "storage/sql/migrations.h"
#include "storage/sqlite/read_pool.h"
#include "storage/sqlite/sqlite_database.h"
#include "wallet_load.h"

namespace understudy::storage {
namespace {

struct Load {
  int callers;
  const char* name;
  std::optional<double> ratio_min;
};
constexpr std::array<Load, 3> kLoads = {{{1, "wallet_group_commit_1", std::nullopt},
                                         {64, "wallet_group_commit_64", 3.5},
                                         {256, "wallet_group_commit_256", std::nullopt}}};
constexpr int kWallets = 1000;
constexpr double kReadMicrosecondsMax = 15;

// The usual way: every operation is a transaction of its own on one connection.
class TransactionPerCall final : public Database {
 public:
  explicit TransactionPerCall(const std::filesystem::path& file)
      : readers_(file), connection_(need(open_sqlite_connection(file, SqliteAccess::read_write))) {
    need(migrate(*connection_, now_ms()));
  }

 protected:
  Result<void> run_write(const Step& step) override {
    const std::lock_guard lock(mutex_);
    TRY(connection_->execute("BEGIN IMMEDIATE"));
    auto outcome = step(*connection_);
    TRY(connection_->execute(outcome ? "COMMIT" : "ROLLBACK"));
    return outcome;
  }
  Result<void> run_read(const Step& step) override { return readers_.run(step); }

 private:
  ReadPool readers_;
  std::mutex mutex_;
  std::unique_ptr<SqliteConnection> connection_;
};

double thread_cpu_microseconds() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Processor time of reading key and balance as a request does, while nobody writes.
double read_microseconds(Subject& subject) {
  const std::string text = accounts::new_key_text();
  accounts::ApiKey key;
  key.id = new_id(now_ms());
  key.account_id = subject.ids.front();
  need(subject.accounts->create_key(key, accounts::key_hash(text)));
  constexpr int kRounds = 20'000;
  const double start = thread_cpu_microseconds();
  for (int i = 0; i < kRounds; ++i) {
    const auto principal = need(subject.accounts->authenticate(accounts::key_hash(text), now_ms()));
    need(subject.accounts->wallet(principal.value().account_id));
  }
  return (thread_cpu_microseconds() - start) / kRounds;
}

void print_read(Subject& subject) {
  const double read_us = read_microseconds(subject);
  fmt::print(
      "{{\"name\":\"wallet_read\",\"value\":{:.2f},\"unit\":\"us\",\"baseline\":null,\"ratio\":null,"
      "\"limit\":{:.0f},\"holds\":{}}}\n",
      read_us, kReadMicrosecondsMax, read_us <= kReadMicrosecondsMax);
}

int run(const std::filesystem::path& parent, double seconds, int turns) {
  log::set_level(log::Level::warn);
  std::array<std::vector<Pair>, kLoads.size()> pairs;
  for (int turn = 0; turn < turns; ++turn) {
    const TemporaryFolder folder(parent);
    Subject grouped(need(open_sqlite({.file = folder.path() / "grouped.db", .now_ms = now_ms()})),
                    kWallets);
    Subject single(std::make_unique<TransactionPerCall>(folder.path() / "single.db"), kWallets);
    for (std::size_t i = 0; i < kLoads.size(); ++i) {
      const Figures ours = run_turn(grouped, kLoads[i].callers, seconds);
      pairs[i].push_back({.ours = ours, .baseline = run_turn(single, kLoads[i].callers, seconds)});
    }
    for (const Subject* subject : {&grouped, &single}) subject->need_clean();
    if (turn == 0) print_read(grouped);
  }
  bool holds = true;
  for (std::size_t i = 0; i < kLoads.size(); ++i) {
    const Load& load = kLoads[i];
    holds = print_pair(load.name, median_of(pairs[i]), load.callers, load.ratio_min) && holds;
  }
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace understudy::storage

int main(int count, char** arguments) {
  const std::filesystem::path parent = count > 1 ? arguments[1] : ".";
  const double seconds = count > 2 ? std::atof(arguments[2]) : 2;
  const int turns = count > 3 ? std::atoi(arguments[3]) : 3;
  return understudy::storage::run(parent, seconds, std::max(turns, 1));
}
