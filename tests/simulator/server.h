// Server: the stores of one server, over the real SQLite on a disk in memory that outlives it, or
// over a PostgreSQL database. It starts as `serve` does and ends in three ways: in order, by the
// death of its process, or by a power cut.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/sql/stores.h"
#include "storage/testing/disk_in_memory.h"
#include "turn_taking.h"

namespace understudy::simulator {

struct Stores {
  explicit Stores(storage::Database& used)
      : database(used),
        accounts(storage::make_account_store(database)),
        ledger(storage::make_ledger_store(database)),
        seals(storage::make_seal_store(database)),
        budgets(storage::make_budget_store(database)),
        projects(storage::make_project_store(database)),
        jobs(storage::make_job_store(database)),
        answers(storage::make_idempotency_store(database)) {}

  storage::Database& database;
  std::unique_ptr<accounts::AccountStore> accounts;
  std::unique_ptr<money::LedgerStore> ledger;
  std::unique_ptr<money::SealStore> seals;
  std::unique_ptr<money::BudgetStore> budgets;
  std::unique_ptr<accounts::ProjectStore> projects;
  std::unique_ptr<jobs::JobStore> jobs;
  std::unique_ptr<jobs::IdempotencyStore> answers;
};

enum class ServerEnd { in_order, process_death, power_cut };

class Server {
 public:
  // `postgres_url`: an empty database in place of the one on the disk, which then has no faults.
  Server(std::uint64_t seed, std::string postgres_url)
      : disk_(seed), postgres_url_(std::move(postgres_url)) {}

  bool is_on_disk() const { return postgres_url_.empty(); }

  // Errors: storage_failed (a fault struck during the start; it can be tried again).
  Result<void> start(std::int64_t now_ms);
  // What a fault on the disk has begun counts for more than `end`.
  void stop(ServerEnd end);

  // Runs the calls as TurnTaking does; on PostgreSQL one after the other.
  void together(const std::vector<std::function<void()>>& calls);
  Result<void> checkpoint();

  Stores& stores() { return *stores_; }
  storage::DiskInMemory& disk() { return disk_; }

 private:
  storage::DiskInMemory disk_;
  const std::string postgres_url_;
  std::unique_ptr<TurnTaking> on_disk_;
  std::unique_ptr<storage::Database> postgres_;
  std::unique_ptr<Stores> stores_;
};

}  // namespace understudy::simulator
