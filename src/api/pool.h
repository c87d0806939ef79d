// Pool: a fixed number of threads and a bounded queue, for handlers that wait for disk or database.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace understudy::api {

class Pool {
 public:
  Pool(int threads, std::size_t queue_max);
  ~Pool();  // runs what is queued, then joins
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False when the queue is full or the pool is stopping. Any thread. `work` must not throw.
  bool submit(std::function<void()> work);

  void stop();  // no new work; runs what is queued, then joins; idempotent

 private:
  void run();

  std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  bool is_stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace understudy::api
