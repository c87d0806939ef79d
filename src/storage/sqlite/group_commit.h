// GroupCommit: the one writer of an SQLite database. Steps of many callers share a transaction
// (batch_writer.h), and so its one sync of the log, which is what a durable write costs. A caller
// goes on after the commit.
//
// Measured on two cores with 64 callers: tests/bench/wallet_bench.cpp.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/sqlite/batch_writer.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

class GroupCommit {
 public:
  using Step = WriteCall::Step;

  // Without a checkpointer the connection has to checkpoint by itself.
  explicit GroupCommit(std::unique_ptr<SqliteConnection> connection,
                       std::unique_ptr<Checkpointer> checkpointer = nullptr);
  ~GroupCommit();  // finishes what was handed over
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Blocks until the step is durable or was refused. Any thread but the writer's own.
  Result<void> run(const Step& step);

 private:
  struct Batch;
  void write_batches();

  std::unique_ptr<SqliteConnection> connection_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::mutex mutex_;
  std::condition_variable has_calls_;
  std::shared_ptr<Batch> next_;  // gathers while the writer writes another
  bool is_stopping_ = false;
  std::thread writer_;
};

}  // namespace understudy::storage
