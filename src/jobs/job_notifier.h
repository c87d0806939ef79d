// JobNotifier: hints inside of the server process, so that a waiting claim and a waiting speech
// request hear of a change at once. A hint that is lost costs time and never a job: whoever waits
// asks the store again when its time is over. Any thread.
//
// WakingJobStore puts the hints where the changes happen: hand it to everyone in place of the
// store.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "jobs/job_store.h"

namespace understudy::jobs {

class JobNotifier {
 public:
  // A number that grows whenever jobs may have become claimable. Read it before asking the store,
  // then wait for it to change.
  std::uint64_t queue_version() const;
  // True when it is no longer `seen`; false when the time is over or stop() was called.
  bool wait_for_queue(std::uint64_t seen, std::chrono::milliseconds timeout);

  // Make one before the job is submitted, so that its end cannot be missed.
  class EndWatch {
   public:
    EndWatch(JobNotifier& notifier, std::string job_id);
    ~EndWatch();
    EndWatch(const EndWatch&) = delete;
    EndWatch& operator=(const EndWatch&) = delete;
    // True when the job ended or was queued again: ask the store. False when the time is over or
    // stop() was called.
    bool wait(std::chrono::milliseconds timeout);

   private:
    JobNotifier& notifier_;
    std::string job_id_;
  };

  void job_queued();
  void job_ended(std::string_view job_id);

  // Ends every wait, now and later: the server is stopping.
  void stop();
  bool is_stopped() const;

 private:
  struct Watched {
    int watchers = 0;
    bool has_ended = false;
  };
  mutable std::mutex mutex_;
  std::condition_variable queue_changed_;
  std::condition_variable end_seen_;
  std::uint64_t queue_version_ = 0;
  bool is_stopped_ = false;
  std::map<std::string, Watched, std::less<>> watched_;
};

// Both references outlive the result.
std::unique_ptr<JobStore> make_waking_job_store(JobStore& store, JobNotifier& notifier);

}  // namespace understudy::jobs
