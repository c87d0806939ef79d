// GroupCommit: the one writer of an SQLite database. Steps of many callers share a transaction, and
// so its one sync of the log, which is what a durable write costs. A refused step does not undo its
// neighbours, but may make them run twice. A caller goes on after the commit.
//
// Measured on two cores with 64 callers: tests/bench/wallet_bench.cpp.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

class GroupCommit {
 public:
  using Step = std::function<Result<void>(Connection&)>;

  // Without a checkpointer the connection has to checkpoint by itself.
  explicit GroupCommit(std::unique_ptr<SqliteConnection> connection,
                       std::unique_ptr<Checkpointer> checkpointer = nullptr);
  ~GroupCommit();  // finishes what was handed over
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Blocks until the step is durable or was refused. Any thread but the writer's own.
  Result<void> run(const Step& step);

 private:
  struct Call;
  struct Batch;
  void write_batches();
  Result<void> write_batch(const std::vector<Call*>& batch);
  Result<bool> run_all(const std::vector<Call*>& batch);
  Result<bool> run_in_savepoints(const std::vector<Call*>& batch);
  Result<void> run_step(Call& call);

  std::unique_ptr<SqliteConnection> connection_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::mutex mutex_;
  std::condition_variable has_calls_;
  std::shared_ptr<Batch> next_;  // gathers while the writer writes another
  bool is_stopping_ = false;
  std::thread writer_;
};

}  // namespace understudy::storage
