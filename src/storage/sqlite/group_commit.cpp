#include "storage/sqlite/group_commit.h"

#include <exception>

#include <pthread.h>

#include "base/futex.h"
#include "base/log.h"

namespace understudy::storage {

// What is written together. It belongs to its callers and the writer: the last one frees it.
struct GroupCommit::Batch {
  std::vector<WriteCall*> calls = {};
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
  WriteCall call{.step = &step};
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
    if (const auto written = write_batch(*connection_, batch->calls); !written) {
      log::error("a batch of {} writes was undone: {}", batch->calls.size(),
                 written.error().detail);
    }
    batch->is_done.store(1, std::memory_order_release);
    wake_all(batch->is_done);  // a call per waiting thread would cost a quarter of this one's time
    if (checkpointer_) checkpointer_->look_at(*connection_);
  }
}

}  // namespace understudy::storage
