#include "storage/sqlite/group_commit.h"

#include <exception>

#include <pthread.h>

#include "base/futex.h"
#include "base/log.h"

namespace understudy::storage {

struct GroupCommit::Call {
  const Step* step;
  Result<void> outcome = {};
};

// What is written together. It belongs to its callers and the writer: the last one frees it.
struct GroupCommit::Batch {
  std::vector<Call*> calls = {};
  std::atomic<std::uint32_t> is_done = 0;
};

GroupCommit::GroupCommit(std::unique_ptr<SqliteConnection> connection,
                         std::unique_ptr<Checkpointer> checkpointer)
    : connection_(std::move(connection)),
      checkpointer_(std::move(checkpointer)),
      next_(std::make_shared<Batch>()),
      writer_([this] { write_batches(); }) {}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  has_calls_.notify_one();
  writer_.join();
}

Result<void> GroupCommit::run(const Step& step) {
  Call call{.step = &step};
  bool is_first = false;
  std::shared_ptr<Batch> batch;
  {
    const std::lock_guard lock(mutex_);
    batch = next_;
    is_first = batch->calls.empty();
    batch->calls.push_back(&call);
  }
  if (is_first) has_calls_.notify_one();
  wait_while(batch->is_done, 0);
  return std::move(call.outcome);
}

void GroupCommit::write_batches() {
  ::pthread_setname_np(::pthread_self(), "database-writer");
  while (true) {
    auto batch = std::make_shared<Batch>();
    {
      std::unique_lock lock(mutex_);
      has_calls_.wait(lock, [this] { return !next_->calls.empty() || is_stopping_; });
      if (next_->calls.empty()) return;
      std::swap(batch, next_);
    }
    if (auto written = write_batch(batch->calls); !written) {
      log::error("a batch of {} writes was undone: {}", batch->calls.size(),
                 written.error().detail);
      for (Call* call : batch->calls) call->outcome = written;
    }
    batch->is_done.store(1, std::memory_order_release);
    wake_all(batch->is_done);  // a call per waiting thread would cost a quarter of this one's time
    if (checkpointer_) checkpointer_->look_at(*connection_);
  }
}

// A savepoint costs each step a copy of every page it writes, and hardly any step needs it:
// refusals come before the first change. So the batch runs without; when a step fails that has
// changed something, everything is undone and runs again with savepoints.
Result<void> GroupCommit::write_batch(const std::vector<Call*>& batch) {
  for (const bool with_savepoints : {false, true}) {
    TRY(connection_->execute("BEGIN IMMEDIATE"));
    auto ran = with_savepoints ? run_in_savepoints(batch) : run_all(batch);
    if (ran && *ran) {
      auto committed = connection_->execute("COMMIT");
      if (committed) return {};
      ran = tl::make_unexpected(committed.error());
    }
    if (connection_->is_in_transaction()) TRY(connection_->execute("ROLLBACK"));
    if (!ran) return tl::make_unexpected(ran.error());
  }
  return {};
}

// Whether the batch may be committed: false after a step that failed half way.
Result<bool> GroupCommit::run_all(const std::vector<Call*>& batch) {
  for (Call* call : batch) {
    const auto changes = connection_->changes();
    TRY(run_step(*call));
    if (!call->outcome && connection_->changes() != changes) return false;
  }
  return true;
}

Result<bool> GroupCommit::run_in_savepoints(const std::vector<Call*>& batch) {
  for (Call* call : batch) {
    TRY(connection_->execute("SAVEPOINT step"));
    TRY(run_step(*call));
    if (!call->outcome) TRY(connection_->execute("ROLLBACK TO step"));
    TRY(connection_->execute("RELEASE step"));
  }
  return true;
}

// An error of the step itself is the caller's; what is returned concerns the whole batch.
Result<void> GroupCommit::run_step(Call& call) {
  try {
    call.outcome = (*call.step)(*connection_);
  } catch (const std::exception& exception) {
    call.outcome = fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                                    exception.what());
  }
  if (connection_->is_in_transaction()) return {};
  return fail_with_detail(
      ErrorCode::storage_failed, "The database could not do this.",
      "the transaction was given up: " + (call.outcome ? "" : call.outcome.error().detail));
}

}  // namespace understudy::storage
