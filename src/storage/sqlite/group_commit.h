// GroupCommit: the one writer of an SQLite database. Steps of many callers share a transaction, and
// so its one sync of the log, which is what a durable write costs. Each step runs in a savepoint: a
// refused one does not undo its neighbours. A caller goes on after the commit.
//
// Measured on two cores with 64 callers: tests/bench/wallet_bench.cpp.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

class GroupCommit {
 public:
  using Step = std::function<Result<void>(Connection&)>;

  explicit GroupCommit(std::unique_ptr<SqliteConnection> connection);
  ~GroupCommit();  // finishes what was handed over
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Blocks until the step is durable or was refused. Any thread but the writer's own.
  Result<void> run(const Step& step);

 private:
  struct Call;
  void write_batches();
  Result<void> write_batch(const std::vector<Call*>& batch);
  Result<void> run_in_savepoint(Call& call);

  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable has_calls_;
  std::vector<Call*> waiting_;
  bool is_stopping_ = false;
  std::thread writer_;
};

}  // namespace understudy::storage
