#include "storage/sqlite/group_commit.h"

#include <algorithm>
#include <cerrno>
#include <exception>

#include <semaphore.h>

#include "base/log.h"

namespace understudy::storage {
namespace {

constexpr std::size_t kBatchMax = 512;

// POSIX's semaphore: std::binary_semaphore of GCC 12 spins before it sleeps, which 64 waiting
// callers on two cores pay for.
class Signal {
 public:
  Signal() { sem_init(&semaphore_, 0, 0); }
  ~Signal() { sem_destroy(&semaphore_); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void give() { sem_post(&semaphore_); }
  void take() {
    while (sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_;
};

}  // namespace

struct GroupCommit::Call {
  const Step* step;
  Result<void> outcome = {};
  Signal done = {};
};

GroupCommit::GroupCommit(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)), writer_([this] { write_batches(); }) {}

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
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = waiting_.empty();
    waiting_.push_back(&call);
  }
  if (was_empty) has_calls_.notify_one();
  call.done.take();
  return std::move(call.outcome);
}

void GroupCommit::write_batches() {
  std::vector<Call*> batch;
  while (true) {
    batch.clear();
    {
      std::unique_lock lock(mutex_);
      has_calls_.wait(lock, [this] { return !waiting_.empty() || is_stopping_; });
      if (waiting_.empty()) return;
      const auto count = std::min(waiting_.size(), kBatchMax);
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
      batch.assign(waiting_.begin(), end);
      waiting_.erase(waiting_.begin(), end);
    }
    if (auto written = write_batch(batch); !written) {
      log::error("a batch of {} writes was undone: {}", batch.size(), written.error().detail);
      for (Call* call : batch) call->outcome = written;
    }
    for (Call* call : batch) call->done.give();
  }
}

Result<void> GroupCommit::write_batch(const std::vector<Call*>& batch) {
  auto written = [&]() -> Result<void> {
    TRY(connection_->execute("BEGIN IMMEDIATE"));
    for (Call* call : batch) TRY(run_in_savepoint(*call));
    TRY(connection_->execute("COMMIT"));
    return {};
  }();
  if (!written && connection_->is_in_transaction()) {
    if (auto undone = connection_->execute("ROLLBACK"); !undone)
      return tl::make_unexpected(undone.error());
  }
  return written;
}

// An error of the step itself is the caller's; what is returned concerns the whole batch.
Result<void> GroupCommit::run_in_savepoint(Call& call) {
  TRY(connection_->execute("SAVEPOINT step"));
  try {
    call.outcome = (*call.step)(*connection_);
  } catch (const std::exception& exception) {
    call.outcome = fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                                    exception.what());
  }
  if (!connection_->is_in_transaction()) {
    return fail_with_detail(
        ErrorCode::storage_failed, "The database could not do this.",
        "the transaction was given up: " + (call.outcome ? "" : call.outcome.error().detail));
  }
  if (!call.outcome) TRY(connection_->execute("ROLLBACK TO step"));
  TRY(connection_->execute("RELEASE step"));
  return {};
}

}  // namespace understudy::storage
