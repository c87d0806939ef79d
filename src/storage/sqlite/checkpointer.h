// Checkpointer: moves what the log has gathered into the database file, on a thread of its own with
// a connection of its own, while the writer goes on. The writer itself only copies the few pages
// that came meanwhile, after which it starts the log anew; it would otherwise stop for tens of
// milliseconds each time. Terms: https://www.sqlite.org/wal.html#ckpt.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

class Checkpointer {
 public:
  struct Limits {
    int log_pages = 16'000;  // 64 MiB, which is read quickly after a crash
    int rest_pages = 500;    // the writer copies these in less than a commit takes
  };
  explicit Checkpointer(std::unique_ptr<SqliteConnection> connection);
  Checkpointer(std::unique_ptr<SqliteConnection> connection, Limits limits);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The writer, between two transactions: begins a checkpoint when the log of `writer` has become
  // long, or ends the one that is nearly done.
  void look_at(SqliteConnection& writer);

 private:
  enum class Phase { idle, copying, nearly_done };
  void run();

  std::unique_ptr<SqliteConnection> connection_;
  Limits limits_;
  std::atomic<Phase> phase_ = Phase::idle;
  std::mutex mutex_;
  std::condition_variable has_changed_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace understudy::storage
