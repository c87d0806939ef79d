// What a durable wallet operation costs on PostgreSQL with many callers: the batcher with one call
// per operation against the naive way, a transaction per operation that locks the wallet's row.
// Both write the same rows of the full ledger, on one server with fsync, in the same run, turn by
// turn.
//
//   postgres_bench [folder on the disk to measure] [seconds per turn] [turns]
//
// A cycle is submit (hold), claim, complete (capture). An operation is a hold or a capture; both
// are timed from the call to its return. One JSON line per figure.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "storage/postgres/postgres_database.h"
#include "storage/postgres/postgres_pool.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/postgres/test_cluster.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using Time = std::chrono::steady_clock;

constexpr int kCallers = 64;
constexpr int kManyWallets = 10'000;
constexpr double kHotRatioMin = 8;

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

// The naive way: a connection per caller, a transaction per operation, and SELECT ... FOR UPDATE of
// the wallet before anything else is done with it.
class RowLock final : public Database {
 public:
  explicit RowLock(const std::string& url) : connections_(url, kCallers) {}

 protected:
  Result<void> run_write(const Step& step) override { return locked("", step); }
  Result<void> run_write_for(std::string_view account_id, const Step& step) override {
    return locked(account_id, step);
  }
  Result<void> run_read(const Step& step) override {
    PostgresPool::Lease lease(connections_);
    TRY_ASSIGN(auto* connection, lease.live());
    return step(*connection);
  }

 private:
  Result<void> locked(std::string_view account_id, const Step& step) {
    PostgresPool::Lease lease(connections_);
    return run_transaction([&] { return lease.live(); },
                           [&](PostgresConnection& connection) -> Result<void> {
                             if (!account_id.empty()) {
                               TRY(lock_account(connection, account_id));
                             }
                             return step(connection);
                           });
  }

  PostgresPool connections_;
};

struct Subject {
  Subject(std::unique_ptr<Database> opened, int wallets)
      : database(std::move(opened)),
        ledger(make_ledger_store(*database)),
        jobs(make_job_store(*database)) {
    for (int i = 0; i < wallets; ++i) ids.push_back(new_id(now_ms()));
    need(database->write([&](Connection& connection) -> Result<void> {
      for (const auto& id : ids) TRY(add_account(connection, id));
      return {};
    }));
  }

  // As the stores do it, in one transaction for all: nobody measures the preparation.
  static Result<void> add_account(Connection& connection, const std::string& id) {
    constexpr money::Money kCredit{1'000'000'000'000'000};
    TRY(connection.execute(
        "INSERT INTO account (id, name, email, created_at_ms) VALUES ($1, 'bench', '', $2)",
        {id, now_ms()}));
    TRY(connection.execute(
        "INSERT INTO wallet (id, account_id, currency) VALUES ($1, $1, 'usd'), ($2, $1, 'credits')",
        {id, money::credits_wallet(id)}));
    TRY_ASSIGN(const auto entry, post(connection,
                                      {.wallet_id = id,
                                       .amount = kCredit,
                                       .unheld = {},
                                       .other = money::kCash,
                                       .kind = money::kTopUp,
                                       .reference = id},
                                      now_ms()));
    return add_lot(connection,
                   {.wallet_id = id, .amount = kCredit, .terms = {}, .txn_id = entry.txn_id},
                   now_ms());
  }

  std::unique_ptr<Database> database;
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

struct Figures {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

Figures run_turn(Subject& subject, double seconds) {
  std::vector<std::vector<double>> took(kCallers);
  std::atomic<bool> is_over{false};
  std::vector<std::thread> callers;
  const auto start = Time::now();
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::size_t i = static_cast<std::size_t>(caller); !is_over; i += 67) {
        one_cycle(subject, subject.ids[i % subject.ids.size()],
                  took[static_cast<std::size_t>(caller)]);
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
  Figures batched;
  Figures naive;
  double ratio() const { return batched.per_second / naive.per_second; }
};

// Of neighbouring turns: a machine whose speed changes over time changes for both of a pair.
Pair median_of(std::vector<Pair> pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.ratio() < b.ratio(); });
  return pairs[pairs.size() / 2];
}

void need_clean(Subject& subject) {
  const auto report = need(subject.ledger->verify());
  if (report.is_ok()) return;
  fmt::print(stderr, "{}", to_text(report));
  std::exit(1);
}

Pair measure(TestCluster& cluster, int wallets, double seconds, int turns) {
  std::vector<Pair> pairs;
  for (int turn = 0; turn < turns; ++turn) {
    const auto url = need(cluster.new_database());
    Subject batched(need(open_postgres({.url = url, .now_ms = now_ms()})), wallets);
    const auto naive_url = need(cluster.new_database());
    need(open_postgres({.url = naive_url, .now_ms = now_ms()}));  // its tables
    Subject naive(std::make_unique<RowLock>(naive_url), wallets);
    const Figures fast = run_turn(batched, seconds);
    pairs.push_back({.batched = fast, .naive = run_turn(naive, seconds)});
    for (Subject* subject : {&batched, &naive}) need_clean(*subject);
  }
  return median_of(pairs);
}

bool print_pair(const char* name, const Pair& pair, std::optional<double> limit) {
  const auto& [batched, naive] = pair;
  const bool holds = !limit || pair.ratio() >= *limit;
  fmt::print(
      "{{\"name\":\"{}\",\"value\":{:.2f},\"unit\":\"x\",\"baseline\":{:.0f},\"ratio\":{:.2f},"
      "\"limit\":{},\"holds\":{},\"callers\":{},\"ops_per_s\":{:.0f},\"p50_ms\":{:.2f},"
      "\"p99_ms\":{:.2f},\"baseline_p50_ms\":{:.2f},\"baseline_p99_ms\":{:.2f}}}\n",
      name, pair.ratio(), naive.per_second, pair.ratio(),
      limit ? fmt::format("{:.0f}", *limit) : "null", limit ? (holds ? "true" : "false") : "null",
      kCallers, batched.per_second, batched.p50_ms, batched.p99_ms, naive.p50_ms, naive.p99_ms);
  std::fflush(stdout);
  return holds;
}

int run(const std::filesystem::path& parent, double seconds, int turns) {
  log::set_level(log::Level::warn);
  const auto cluster = need(TestCluster::start({.is_durable = true, .parent = parent}));
  const bool holds =
      print_pair("postgres_hot_wallet", measure(*cluster, 1, seconds, turns), kHotRatioMin);
  print_pair("postgres_many_wallets", measure(*cluster, kManyWallets, seconds, 1), std::nullopt);
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace understudy::storage

int main(int count, char** arguments) {
  const std::filesystem::path parent = count > 1 ? arguments[1] : "";
  const double seconds = count > 2 ? std::atof(arguments[2]) : 3;
  const int turns = count > 3 ? std::atoi(arguments[3]) : 3;
  return understudy::storage::run(parent, seconds, std::max(turns, 1));
}
