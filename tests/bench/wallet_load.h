// The load that the ledger's benchmarks put on a store, and how they compare two of them: many
// callers that submit (hold), claim and complete (capture). An operation is a hold or a capture;
// each is timed from the call to its return.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/id.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {

using Time = std::chrono::steady_clock;

inline std::int64_t now_ms() { return SystemClock().now_ms(); }

inline double microseconds_since(Time::time_point start) {
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

// A database with so many wallets that can pay for everything.
struct Subject {
  Subject(std::unique_ptr<Database> opened, int wallets)
      : database(std::move(opened)),
        accounts(make_account_store(*database)),
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

  void need_clean() const {
    const auto report = need(ledger->verify());
    if (report.is_ok()) return;
    fmt::print(stderr, "{}", to_text(report));
    std::exit(1);
  }

  std::unique_ptr<Database> database;
  std::unique_ptr<accounts::AccountStore> accounts;
  std::unique_ptr<money::LedgerStore> ledger;
  std::unique_ptr<jobs::JobStore> jobs;
  std::vector<std::string> ids;
};

inline jobs::NewJob job_for(const std::string& account_id) {
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

inline void one_cycle(Subject& subject, const std::string& account_id,
                      std::vector<double>& took_us) {
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

inline Figures run_turn(Subject& subject, int caller_count, double seconds) {
  std::vector<std::vector<double>> took(static_cast<std::size_t>(caller_count));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> callers;
  const auto start = Time::now();
  for (std::size_t caller = 0; caller < took.size(); ++caller) {
    callers.emplace_back([&, caller] {
      for (std::size_t i = caller; !is_over; i += 67) {
        one_cycle(subject, subject.ids[i % subject.ids.size()], took[caller]);
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
  Figures ours;
  Figures baseline;
  double ratio() const { return ours.per_second / baseline.per_second; }
};

// Of neighbouring turns: a machine whose speed changes over time changes for both of a pair.
inline Pair median_of(std::vector<Pair> pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.ratio() < b.ratio(); });
  return pairs[pairs.size() / 2];
}

// One JSON line; whether the limit holds. Without one the figure is printed beside the others.
inline bool print_pair(const char* name, const Pair& pair, int callers,
                       std::optional<double> limit) {
  const auto& [ours, baseline] = pair;
  const bool holds = !limit || pair.ratio() >= *limit;
  fmt::print(
      "{{\"name\":\"{}\",\"value\":{:.2f},\"unit\":\"x\",\"baseline\":{:.0f},\"ratio\":{:.2f},"
      "\"limit\":{},\"holds\":{},\"callers\":{},\"ops_per_s\":{:.0f},\"p50_ms\":{:.2f},"
      "\"p99_ms\":{:.2f},\"baseline_p50_ms\":{:.2f},\"baseline_p99_ms\":{:.2f}}}\n",
      name, pair.ratio(), baseline.per_second, pair.ratio(),
      limit ? fmt::format("{}", *limit) : "null", limit ? (holds ? "true" : "false") : "null",
      callers, ours.per_second, ours.p50_ms, ours.p99_ms, baseline.p50_ms, baseline.p99_ms);
  std::fflush(stdout);
  return holds;
}

}  // namespace understudy::storage
