// Sweeper: the work that time brings: lost leases and deadlines, old idempotency rows, files that
// nobody needs, seals of the ledger. One thread of its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "server/installation.h"

namespace understudy::server {

class Sweeper {
 public:
  // `seal_interval_ms`: between seals of the ledger; 0: none.
  Sweeper(Installation& installation, jobs::JobStore& queue, std::int64_t seal_interval_ms,
          const Clock& clock);
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

 private:
  void run(const std::stop_token& stop);
  void seal_ledger(std::int64_t now_ms);
  void sweep_files(std::int64_t now_ms);

  Installation& installation_;
  jobs::JobStore& queue_;
  const std::int64_t seal_interval_ms_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace understudy::server
