#include "storage/postgres/write_batcher.h"

#include <algorithm>
#include <atomic>

#include <pthread.h>

#include "base/futex.h"
#include "base/log.h"
#include "storage/postgres/postgres_transaction.h"

namespace understudy::storage {
namespace {

// Either a step or a call.
struct Item {
  std::string_view account_id;
  const WriteBatcher::Step* step = nullptr;
  const ServerCall* call = nullptr;
  Result<void> outcome = {};
};

// A step that goes on after a failed statement is a mistake of this program.
tl::unexpected<Error> forgotten_failure() {
  return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                          "a step of a write did not return the error of its statement");
}

// What is written together. It belongs to its callers and the writer: the last one frees it.
struct Batch {
  std::vector<Item*> items = {};
  std::atomic<std::uint32_t> is_done = 0;
};

}  // namespace

class WriteBatcher::Writer {
 public:
  explicit Writer(std::string url)
      : url_(std::move(url)),
        next_(std::make_shared<Batch>()),
        thread_([this] { write_batches(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    has_items_.notify_one();
    thread_.join();
  }

  Result<void> run(Item item) {
    bool is_first = false;
    std::shared_ptr<Batch> batch;
    {
      const std::lock_guard lock(mutex_);
      batch = next_;
      is_first = batch->items.empty();
      batch->items.push_back(&item);
    }
    if (is_first) has_items_.notify_one();
    wait_while(batch->is_done, 0);
    return std::move(item.outcome);
  }

 private:
  void write_batches() {
    ::pthread_setname_np(::pthread_self(), "postgres-writer");
    while (true) {
      auto batch = std::make_shared<Batch>();
      {
        std::unique_lock lock(mutex_);
        has_items_.wait(lock, [this] { return !next_->items.empty() || is_stopping_; });
        if (next_->items.empty()) return;
        std::swap(batch, next_);
      }
      if (auto written = write_batch(batch->items); !written) {
        log::error("a batch of {} writes failed: {}", batch->items.size(), written.error().detail);
        for (Item* item : batch->items) item->outcome = written;
      }
      batch->is_done.store(1, std::memory_order_release);
      wake_all(batch->is_done);
    }
  }

  // Savepoints only after a step has failed half way: hardly any does, since refusals come before
  // the first change.
  Result<void> write_batch(std::vector<Item*>& items) {
    // Wallets are locked in one order by all writers of all servers, so that they do not wait for
    // each other in a circle.
    std::stable_sort(items.begin(), items.end(),
                     [](const Item* a, const Item* b) { return a->account_id < b->account_id; });
    bool with_savepoints = false;
    return run_transaction([this] { return live(); },
                           [&](PostgresConnection& connection) -> Result<void> {
                             if (!with_savepoints) {
                               if (run_all(connection, items)) return {};
                               if (connection.trouble() != Trouble::none) return {};
                               with_savepoints = true;
                               connection.rollback();
                               TRY(connection.begin());
                             }
                             return run_in_savepoints(connection, items);
                           });
  }

  // False when the batch must be undone.
  static bool run_all(PostgresConnection& connection, const std::vector<Item*>& items) {
    for (std::size_t i = 0; i < items.size();) {
      if (items[i]->call == nullptr) {
        if (!run_step(connection, *items[i])) return false;
        ++i;
        continue;
      }
      std::vector<const ServerCall*> calls;
      for (; i < items.size() && items[i]->call != nullptr; ++i) {
        items[i]->outcome = {};
        calls.push_back(items[i]->call);
      }
      if (!connection.call_all(calls)) return false;
    }
    return true;
  }

  static bool run_step(PostgresConnection& connection, Item& item) {
    const auto changes = connection.changes();
    item.outcome = run_guarded(*item.step, connection);
    return !connection.has_failed() && (item.outcome || connection.changes() == changes);
  }

  static Result<void> run_in_savepoints(PostgresConnection& connection,
                                        const std::vector<Item*>& items) {
    for (Item* item : items) {
      TRY(connection.run_script("SAVEPOINT step"));
      if (item->call != nullptr) {
        item->outcome = connection.call_all({&item->call, 1});
      } else {
        item->outcome = run_guarded(*item->step, connection);
      }
      if (connection.trouble() != Trouble::none) return {};
      if (item->outcome && connection.has_failed()) item->outcome = forgotten_failure();
      if (!item->outcome) TRY(connection.run_script("ROLLBACK TO step"));
      TRY(connection.run_script("RELEASE step"));
    }
    return {};
  }

  Result<PostgresConnection*> live() {
    if (!connection_ || !connection_->is_alive()) {
      TRY_ASSIGN(connection_, open_postgres_connection(url_));
    }
    return connection_.get();
  }

  const std::string url_;
  std::unique_ptr<PostgresConnection> connection_;  // the thread's
  std::mutex mutex_;
  std::condition_variable has_items_;
  std::shared_ptr<Batch> next_;  // gathers while the writer writes another
  bool is_stopping_ = false;
  std::thread thread_;
};

WriteBatcher::WriteBatcher(std::string url, std::size_t writers) {
  for (std::size_t i = 0; i <= writers; ++i) writers_.push_back(std::make_unique<Writer>(url));
}

WriteBatcher::~WriteBatcher() = default;

Result<void> WriteBatcher::run(std::string_view account_id, const Step& step) {
  return writer_of(account_id).run({.account_id = account_id, .step = &step});
}

Result<void> WriteBatcher::call(std::string_view account_id, const ServerCall& call) {
  return writer_of(account_id).run({.account_id = account_id, .call = &call});
}

WriteBatcher::Writer& WriteBatcher::writer_of(std::string_view account_id) {
  if (account_id.empty()) return *writers_.front();
  return *writers_[1 + std::hash<std::string_view>{}(account_id) % (writers_.size() - 1)];
}

}  // namespace understudy::storage
