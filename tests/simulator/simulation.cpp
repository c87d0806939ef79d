#include "simulation.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/sql/ledger_check.h"
#include "tables.h"

namespace understudy::simulator {
namespace {

using storage::DiskFault;

constexpr std::size_t kTraceLines = 40;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int kStartsMax = 20;

// 0, or one of two strengths.
std::int64_t some_share(Chance& chance, std::int64_t weak, std::int64_t strong) {
  const std::int64_t shares[] = {0, weak, strong};
  return shares[chance.below(3)];
}

}  // namespace

Weather::Weather(Chance& chance) {
  fault_permille = some_share(chance, 20, 100);
  restart_permille = some_share(chance, 5, 40);
  together_percent = some_share(chance, 10, 40);
  jump_permille = some_share(chance, 1, 5);
  pause_ms = 1LL << chance.between(4, 12);
  workers = static_cast<int>(chance.between(1, 5));
  worker_habits = {.lost_percent = some_share(chance, 5, 25),
                   .late_percent = some_share(chance, 5, 30),
                   .duplicate_percent = some_share(chance, 10, 50),
                   .crash_permille = some_share(chance, 2, 15),
                   .stall_permille = some_share(chance, 2, 15),
                   .lease_ms = chance.between(5'000, 60'000)};
  client_habits = {.accounts = static_cast<int>(chance.between(2, 5)),
                   .rich_percent = chance.between(20, 100),
                   .keyed_percent = some_share(chance, 40, 90),
                   .deadline_percent = some_share(chance, 10, 60),
                   .budgets_percent = some_share(chance, 40, 90),
                   .limited_percent = some_share(chance, 10, 40),
                   .credits_percent = some_share(chance, 15, 50),
                   .test_percent = some_share(chance, 5, 30)};
}

Simulation::Simulation(std::uint64_t seed, const std::string& postgres_url)
    : chance_(seed),
      weather_(chance_),
      server_(seed, postgres_url),
      workers_(weather_.workers, weather_.worker_habits, chance_),
      clients_(weather_.client_habits, chance_) {}

std::string Simulation::run(int steps) {
  if (const auto started = server_.start(now_ms_); !started) return started.error().detail;
  for (Operation& operation : clients_.first_operations(now_ms_)) {
    perform({std::move(operation)});
  }
  for (int number = 1; number <= steps && complaint_.empty(); ++number) {
    note(fmt::format("step {} at {} ms", number, now_ms_));
    step();
    if (complaint_.empty()) expect_agreement();
  }
  for (const auto& [id, job] : model_.jobs) {
    counts_.completed += job.state == jobs::JobState::completed ? 1 : 0;
  }
  if (complaint_.empty()) return {};
  std::string text;
  for (const std::string& line : trace_) text += line + "\n";
  return text + complaint_;
}

void Simulation::step() {
  now_ms_ += chance_.below(2 * weather_.pause_ms);
  if (chance_.below(1000) < weather_.jump_permille) now_ms_ += kDayMs + chance_.below(kDayMs);
  if (chance_.below(1000) < weather_.restart_permille) {
    const ServerEnd ends[] = {ServerEnd::in_order, ServerEnd::process_death, ServerEnd::power_cut};
    return restart(ends[chance_.below(3)]);
  }
  if (chance_.below(1000) < weather_.fault_permille) begin_fault();
  if (chance_.percent(3)) {
    note("checkpoint");
    const auto left = server_.checkpoint();
    if (!left && !server_.disk().has_struck()) complain("a checkpoint failed without a fault");
    if (server_.disk().is_off()) restart(ServerEnd::process_death);
    return;
  }
  for (int i = 0; i < weather_.workers; ++i) workers_.act(now_ms_);
  std::vector<Operation> operations;
  // PostgreSQL's batches are made by its own writers: there one follows the other.
  const bool is_batch = server_.is_on_disk() && chance_.percent(weather_.together_percent);
  const auto count = is_batch ? chance_.between(2, 6) : 1;
  while (std::ssize(operations) < count) {
    operations.push_back(next_operation());
    if (operations.back().is_alone) break;
  }
  std::optional<Operation> alone;
  if (operations.back().is_alone) {
    alone = std::move(operations.back());
    operations.pop_back();
  }
  if (!operations.empty()) perform(std::move(operations));
  if (!alone || !complaint_.empty()) return;
  server_.disk().disarm();
  perform({*std::move(alone)});
}

Operation Simulation::next_operation() {
  if (chance_.percent(65)) {
    if (auto message = workers_.deliver(now_ms_)) return *std::move(message);
  }
  return clients_.next(model_, now_ms_);
}

void Simulation::begin_fault() {
  if (!server_.is_on_disk()) return;
  const DiskFault faults[] = {DiskFault::power_cut, DiskFault::process_death, DiskFault::refused};
  const DiskFault fault = faults[chance_.below(3)];
  const auto after = chance_.below(6);
  note(fmt::format("{} after {} disk operations", to_string(fault), after));
  server_.disk().arm(fault, after);
}

void Simulation::perform(std::vector<Operation> operations) {
  std::vector<Outcome> outcomes(operations.size());
  std::vector<std::function<void()>> calls;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    calls.push_back([&, i] { outcomes[i] = operations[i].run(server_.stores()); });
  }
  server_.together(calls);
  counts_.operations += std::ssize(operations);
  counts_.batches += operations.size() > 1 ? 1 : 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    note(fmt::format("{} {} -> {}", operations.size() > 1 ? " |" : "  ", operations[i].text,
                     outcomes[i]));
  }
  judge(operations, outcomes);
  if (!complaint_.empty()) return;
  const bool is_lost = server_.disk().is_off();
  if (!is_lost) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (operations[i].answered) operations[i].answered(outcomes[i]);
    }
  } else {
    restart(ServerEnd::process_death);
  }
}

void Simulation::judge(const std::vector<Operation>& operations,
                       const std::vector<Outcome>& outcomes) {
  Model after = model_;
  std::vector<Outcome> expected;
  for (const Operation& operation : operations) {
    expected.push_back(operation.apply(model_, after));
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].settle) expected[i] = operations[i].settle(after, expected[i]);
  }
  if (std::find(outcomes.begin(), outcomes.end(), kStorageFailed) != outcomes.end()) {
    return judge_failure(operations, outcomes, expected, std::move(after));
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!outcomes[i].starts_with("ok")) {
      ++counts_.refusals[outcomes[i].substr(0, outcomes[i].find(' '))];
    }
    if (outcomes[i] == expected[i]) continue;
    return complain(fmt::format("{}\n  was answered: {}\n  expected:     {}", operations[i].text,
                                outcomes[i], expected[i]));
  }
  if (after == model_) return;
  model_ = std::move(after);
  possible_.clear();  // what failed before was written over
}

// The batch failed as a whole: nobody was told of an effect, and there is none, unless its writes
// had reached the disk when the server ended.
void Simulation::judge_failure(const std::vector<Operation>& operations,
                               const std::vector<Outcome>& outcomes,
                               const std::vector<Outcome>& expected, Model after) {
  ++counts_.storage_failures;
  if (!server_.disk().has_struck()) return complain("the database failed without a fault");
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (outcomes[i] == kStorageFailed) continue;
    Model alone = model_;
    const Outcome only_read = operations[i].apply(model_, alone);
    const Outcome told = operations[i].settle ? operations[i].settle(alone, only_read) : only_read;
    if (alone == model_ && outcomes[i] == told) continue;
    return complain(fmt::format("{}\n  was answered in a batch that failed: {}\n  expected: {}",
                                operations[i].text, outcomes[i], expected[i]));
  }
  if (after != model_) possible_.push_back(std::move(after));
}

void Simulation::restart(ServerEnd end) {
  const char* const ends[] = {"in order", "by the death of its process", "by a power cut"};
  note(fmt::format("the server ends {}{}", ends[static_cast<int>(end)],
                   server_.disk().has_struck() ? " (fault)" : ""));
  ++counts_.restarts;
  server_.stop(end);
  clients_.lose_handlers();
  for (int tries = 0; tries < kStartsMax; ++tries) {
    if (chance_.percent(weather_.fault_permille > 0 ? 10 : 0)) begin_fault();
    const auto started = server_.start(now_ms_);
    if (started) break;
    if (!server_.disk().has_struck()) return complain("start: " + started.error().detail);
    note("   the start failed");
    server_.stop(ServerEnd::process_death);
  }
  adopt_what_is_there();
  if (!complaint_.empty()) return;
  // As `serve` does when it starts.
  const Operation operation = abandon_unfinished();
  perform({operation});
}

// Either nothing of what failed is there, or all of one of the batches.
void Simulation::adopt_what_is_there() {
  auto& database = server_.stores().database;
  const auto there = database.read([](storage::Connection& c) { return rows_of(c); });
  if (!there) return complain("the tables cannot be read: " + there.error().detail);
  const std::string lost = difference(*there, rows_of(model_));
  if (lost.empty()) return possible_.clear();
  for (const Model& other : possible_) {
    if (!difference(*there, rows_of(other)).empty()) continue;
    note("   the unanswered batch is there");
    ++counts_.unanswered_kept;
    const Model kept = other;
    model_ = kept;
    return possible_.clear();
  }
  complain("after the restart the database is neither as before nor as after the last batch:\n" +
           lost);
}

void Simulation::expect_agreement() {
  server_.disk().disarm();
  auto& database = server_.stores().database;
  const auto there = database.read([](storage::Connection& c) { return rows_of(c); });
  if (!there) return complain("the tables cannot be read: " + there.error().detail);
  const std::string different = difference(*there, rows_of(model_));
  if (!different.empty()) return complain("database and model differ:\n" + different);
  for (const auto& [wallet, facts] : model_.wallets) {
    if (model_.available(wallet) < Money{}) return complain(wallet + " is overdrawn");
  }
  for (const auto& [key, window] : model_.windows) {
    const bool is_within = window.spent + window.held <= window.ceiling;
    if (!is_within) return complain("budget " + key.first + " is exceeded");
  }
  const auto report = server_.stores().ledger->verify();
  if (!report) return complain("verify: " + report.error().detail);
  if (!report->is_ok()) return complain("verify:\n" + to_text(*report));
}

void Simulation::note(std::string line) {
  trace_.push_back(std::move(line));
  if (trace_.size() > kTraceLines) trace_.pop_front();
}

void Simulation::complain(std::string what) {
  if (complaint_.empty()) complaint_ = std::move(what);
}

}  // namespace understudy::simulator
