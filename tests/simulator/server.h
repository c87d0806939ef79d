// Server: the stores of one server over the real SQLite, on a disk in memory that outlives it. It
// starts as `serve` does and ends in three ways: in order, by the death of its process, or by a
// power cut.
#pragma once

#include <memory>

#include "storage/sql/stores.h"
#include "storage/testing/disk_in_memory.h"
#include "turn_taking.h"

namespace understudy::simulator {

struct Stores {
  explicit Stores(std::unique_ptr<storage::SqliteConnection> connection)
      : database(std::move(connection)),
        accounts(storage::make_account_store(database)),
        ledger(storage::make_ledger_store(database)),
        budgets(storage::make_budget_store(database)),
        projects(storage::make_project_store(database)),
        jobs(storage::make_job_store(database)),
        answers(storage::make_idempotency_store(database)) {}

  TurnTaking database;
  std::unique_ptr<accounts::AccountStore> accounts;
  std::unique_ptr<money::LedgerStore> ledger;
  std::unique_ptr<money::BudgetStore> budgets;
  std::unique_ptr<accounts::ProjectStore> projects;
  std::unique_ptr<jobs::JobStore> jobs;
  std::unique_ptr<jobs::IdempotencyStore> answers;
};

enum class ServerEnd { in_order, process_death, power_cut };

class Server {
 public:
  explicit Server(std::uint64_t seed) : disk_(seed) {}

  // Errors: storage_failed (a fault struck during the start; it can be tried again).
  Result<void> start(std::int64_t now_ms);
  // What a fault on the disk has begun counts for more than `end`.
  void stop(ServerEnd end);

  Stores& stores() { return *stores_; }
  storage::DiskInMemory& disk() { return disk_; }

 private:
  storage::DiskInMemory disk_;
  std::unique_ptr<Stores> stores_;
};

}  // namespace understudy::simulator
