// What a durable wallet operation costs with many callers: the group commit against one transaction
// per operation. Both sides run the same stores, the same SQL and the same ledger rows on SQLite
// with synchronous=FULL, in the same run, turn by turn.
//
//   wallet_bench [folder on the disk to measure] [seconds per turn] [turns]
//
// A cycle is submit (hold), claim, complete (capture). An operation is a hold or a capture; both
// are timed from the call to its return. One JSON line per figure.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <time.h>

#include "accounts/account.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "storage/sql/migrations.h"
#include "storage/sql/stores.h"
#include "storage/sqlite/read_pool.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::storage {
namespace {

using Time = std::chrono::steady_clock;

constexpr int kCallers = 64;
constexpr int kWallets = 1000;
constexpr double kRatioMin = 5;
constexpr double kReadMicrosecondsMax = 15;

std::int64_t now_ms() { return SystemClock().now_ms(); }

double microseconds_since(Time::time_point start) {
  return std::chrono::duration<double, std::micro>(Time::now() - start).count();
}

// Ends the program: a bench that goes on after an error measures nothing.
template <class T>
T need(Result<T> result) {
  if (result) {
    if constexpr (!std::is_void_v<T>) return *std::move(result);
    if constexpr (std::is_void_v<T>) return;
  }
  fmt::print(stderr, "{}: {}\n", result.error().message, result.error().detail);
  std::exit(1);
}

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

struct Figures {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

struct Subject {
  explicit Subject(std::unique_ptr<Database> opened)
      : database(std::move(opened)),
        accounts(make_account_store(*database)),
        ledger(make_ledger_store(*database)),
        jobs(make_job_store(*database)) {
    // In one transaction: nobody measures the preparation.
    for (int i = 0; i < kWallets; ++i) ids.push_back(new_id(now_ms()));
    std::vector<std::thread> threads;
    std::atomic<int> next{0};
    for (int t = 0; t < kCallers; ++t) {
      threads.emplace_back([&] {
        for (int i = next++; i < kWallets; i = next++)
          add_account(ids[static_cast<std::size_t>(i)]);
      });
    }
    for (auto& thread : threads) thread.join();
  }

  void add_account(const std::string& id) {
    need(accounts->create_account(
        {.id = id, .name = "bench", .email = {}, .created_at_ms = now_ms()}));
    need(ledger->fund(
        {.account_id = id, .amount = money::Money{1'000'000'000'000}, .reference = id}, now_ms()));
  }

  std::unique_ptr<Database> database;
  std::unique_ptr<accounts::AccountStore> accounts;
  std::unique_ptr<money::LedgerStore> ledger;
  std::unique_ptr<jobs::JobStore> jobs;
  std::vector<std::string> ids;
};

jobs::NewJob job_for(const std::string& account_id) {
  jobs::NewJob job;
  job.id = new_id(now_ms());
  job.account_id = account_id;
  job.key_id = "bench";
  job.kind = "avatar_video";
  job.request = {{"script", std::string(500, 'x')}};
  job.price_item = "avatar_video.avatar_iv.studio_avatar";
  job.hold = money::Money{1'000'000'000};
  job.created_at_ms = now_ms();
  return job;
}

void one_cycle(Subject& subject, const std::string& account_id, std::vector<double>& took_us) {
  const auto job = job_for(account_id);
  auto start = Time::now();
  need(subject.jobs->submit({.jobs = {job}}));
  took_us.push_back(microseconds_since(start));
  const auto claimed =
      need(subject.jobs->claim({.worker_id = "bench", .lanes = {jobs::Lane::standard}}, now_ms()));
  if (!claimed) return;  // another caller took it
  start = Time::now();
  need(subject.jobs->complete({.job_id = claimed->id,
                               .fence = claimed->fence,
                               .quantity = 4520,
                               .result = {{"duration_ms", 4520}}},
                              now_ms()));
  took_us.push_back(microseconds_since(start));
}

Figures run_turn(Subject& subject, double seconds) {
  std::vector<std::vector<double>> took(kCallers);
  std::atomic<bool> is_over{false};
  std::vector<std::thread> callers;
  const auto start = Time::now();
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::size_t i = static_cast<std::size_t>(caller); !is_over; i += 67) {
        one_cycle(subject, subject.ids[i % kWallets], took[static_cast<std::size_t>(caller)]);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  is_over = true;
  for (auto& caller : callers) caller.join();
  const double elapsed_s = microseconds_since(start) / 1e6;

  std::vector<double> all;
  for (const auto& part : took) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  return {.per_second = static_cast<double>(all.size()) / elapsed_s,
          .p50_ms = all[all.size() / 2] / 1000,
          .p99_ms = all[all.size() * 99 / 100] / 1000};
}

struct Pair {
  Figures grouped;
  Figures single;
  double ratio() const { return grouped.per_second / single.per_second; }
  bool holds() const { return ratio() >= kRatioMin && grouped.p99_ms < single.p99_ms; }
};

// Of neighbouring turns: a machine whose speed changes over time changes for both of a pair.
Pair median_of(std::vector<Pair> pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.ratio() < b.ratio(); });
  return pairs[pairs.size() / 2];
}

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

void print_ratio(const Pair& pair) {
  const auto& [grouped, single] = pair;
  fmt::print(
      "{{\"name\":\"wallet_group_commit\",\"value\":{:.2f},\"unit\":\"x\",\"baseline\":{:.0f},"
      "\"ratio\":{:.2f},\"limit\":{:.0f},\"holds\":{},\"callers\":{},\"ops_per_s\":{:.0f},"
      "\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"baseline_p50_ms\":{:.2f},\"baseline_p99_ms\":{:.2f}}}\n",
      pair.ratio(), single.per_second, pair.ratio(), kRatioMin, pair.holds(), kCallers,
      grouped.per_second, grouped.p50_ms, grouped.p99_ms, single.p50_ms, single.p99_ms);
}

void print_read(Subject& subject) {
  const double read_us = read_microseconds(subject);
  fmt::print(
      "{{\"name\":\"wallet_read\",\"value\":{:.2f},\"unit\":\"us\",\"baseline\":null,\"ratio\":null,"
      "\"limit\":{:.0f},\"holds\":{}}}\n",
      read_us, kReadMicrosecondsMax, read_us <= kReadMicrosecondsMax);
}

void need_clean(Subject& subject) {
  const auto report = need(subject.ledger->verify());
  if (report.is_ok()) return;
  fmt::print(stderr, "{}", to_text(report));
  std::exit(1);
}

int run(const std::filesystem::path& parent, double seconds, int turns) {
  log::set_level(log::Level::warn);
  std::vector<Pair> pairs;
  for (int turn = 0; turn < turns; ++turn) {
    const TemporaryFolder folder(parent);
    Subject grouped(need(open_sqlite({.file = folder.path() / "grouped.db", .now_ms = now_ms()})));
    Subject single(std::make_unique<TransactionPerCall>(folder.path() / "single.db"));
    const Figures fast = run_turn(grouped, seconds);
    pairs.push_back({.grouped = fast, .single = run_turn(single, seconds)});
    for (Subject* subject : {&grouped, &single}) need_clean(*subject);
    if (turn == 0) print_read(grouped);
  }
  const Pair pair = median_of(pairs);
  print_ratio(pair);
  return pair.holds() ? 0 : 1;
}

}  // namespace
}  // namespace understudy::storage

int main(int count, char** arguments) {
  const std::filesystem::path parent = count > 1 ? arguments[1] : ".";
  const double seconds = count > 2 ? std::atof(arguments[2]) : 2;
  const int turns = count > 3 ? std::atoi(arguments[3]) : 5;
  return understudy::storage::run(parent, seconds, std::max(turns, 1));
}
