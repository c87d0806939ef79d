#include "storage/sqlite/checkpointer.h"

#include <pthread.h>

#include "base/log.h"

namespace understudy::storage {
namespace {

constexpr int kPassesMax = 6;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<SqliteConnection> connection)
    : Checkpointer(std::move(connection), Limits{}) {}

Checkpointer::Checkpointer(std::unique_ptr<SqliteConnection> connection, Limits limits)
    : connection_(std::move(connection)), limits_(limits), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  has_changed_.notify_one();
  thread_.join();
}

void Checkpointer::look_at(SqliteConnection& writer) {
  switch (phase_.load(std::memory_order_acquire)) {
    case Phase::copying: return;
    case Phase::idle:
      if (writer.log_pages() < limits_.log_pages) return;
      {
        const std::lock_guard lock(mutex_);
        phase_ = Phase::copying;
      }
      has_changed_.notify_one();
      return;
    case Phase::nearly_done:
      if (auto done = writer.checkpoint(); !done) log::warn("checkpoint: {}", done.error().detail);
      phase_ = Phase::idle;
      return;
  }
}

void Checkpointer::run() {
  ::pthread_setname_np(::pthread_self(), "checkpointer");
  while (true) {
    {
      std::unique_lock lock(mutex_);
      has_changed_.wait(lock, [this] { return phase_ == Phase::copying || is_stopping_; });
      if (is_stopping_) return;
    }
    // Each pass leaves what was written while it ran, which is less every time.
    for (int pass = 0; pass < kPassesMax; ++pass) {
      const auto left = connection_->checkpoint();
      if (!left) log::warn("checkpoint: {}", left.error().detail);
      if (!left || *left <= limits_.rest_pages) break;
    }
    phase_.store(Phase::nearly_done, std::memory_order_release);
  }
}

}  // namespace understudy::storage
