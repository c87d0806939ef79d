// LeaseKeeper: holds a claimed job while it is worked on. A thread of its own sends heartbeats with
// the latest progress, so long uploads and a slow server do not cost the lease. While the server is
// away it goes on trying; the answer "conflict" (cancelled, expired, taken over) ends it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "jobs/render_message.h"
#include "jobs/worker_client.h"

namespace understudy::jobs {

class LeaseKeeper {
 public:
  LeaseKeeper(WorkerClient& client, const Job& job, std::int64_t every_ms, std::int64_t lease_ms);
  ~LeaseKeeper() = default;
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  void set_progress(const RenderProgress& progress);  // a new stage is sent at once

  bool is_lost() const { return lost_.stop_requested(); }
  std::stop_token lost() const { return lost_.get_token(); }

 private:
  void run(std::stop_token stop);

  WorkerClient& client_;
  const std::int64_t every_ms_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Heartbeat beat_;
  bool has_new_stage_ = false;
  std::stop_source lost_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace understudy::jobs
