// Simulation: one server with its disk, some workers and clients, a clock that is only a number,
// and faults, all decided by one seed. After every step the database must hold exactly what the
// model says, and the ledger's invariants must hold.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chance.h"
#include "clients.h"
#include "model.h"
#include "server.h"
#include "workers.h"

namespace understudy::simulator {

// How often things go wrong, drawn from the seed: some worlds are calm, in some all goes wrong.
struct Weather {
  explicit Weather(Chance& chance);
  std::int64_t fault_permille = 0;    // a fault is made ready
  std::int64_t restart_permille = 0;  // the server ends between two steps
  std::int64_t together_percent = 0;  // operations that meet in one batch
  std::int64_t pause_ms = 0;          // the mean between two steps
  std::int64_t jump_permille = 0;     // more than a day passes
  int workers = 1;
  WorkerHabits worker_habits = {};
  ClientHabits client_habits = {};
};

class Simulation {
 public:
  // `postgres_url`: an empty database; empty: SQLite on a disk that fails.
  explicit Simulation(std::uint64_t seed, const std::string& postgres_url = {});

  // Empty, or what went wrong in which step, with the last operations.
  std::string run(int steps);

  struct Counts {
    std::int64_t operations = 0;
    std::int64_t batches = 0;
    std::map<std::string, std::int64_t> refusals = {};  // by code
    std::int64_t storage_failures = 0;
    std::int64_t restarts = 0;
    std::int64_t unanswered_kept = 0;  // whose effect was there after the restart
    std::int64_t completed = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  void step();
  void perform(std::vector<Operation> operations);
  void judge(const std::vector<Operation>& operations, const std::vector<Outcome>& outcomes);
  void judge_failure(const std::vector<Operation>& operations, const std::vector<Outcome>& outcomes,
                     const std::vector<Outcome>& expected, Model after);
  Operation next_operation();
  void begin_fault();
  void restart(ServerEnd end);
  void adopt_what_is_there();
  void expect_agreement();
  void note(std::string line);
  void complain(std::string what);

  Chance chance_;
  Weather weather_;
  Server server_;
  Workers workers_;
  Clients clients_;
  Model model_;
  // What the database may hold instead after a restart: operations that failed, but whose writes
  // may have reached the disk.
  std::vector<Model> possible_;
  std::int64_t now_ms_ = 1'700'000'000'000;
  Counts counts_;
  std::deque<std::string> trace_;
  std::string complaint_;
};

}  // namespace understudy::simulator
