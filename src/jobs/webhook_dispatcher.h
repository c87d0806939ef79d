// WebhookDispatcher: the threads that deliver webhooks while the server runs. One coordinates: it
// publishes what stands in the outbox and hands out what is due; up to `concurrency` others
// attempt, one delivery each at a time. A lane (an endpoint, or the host of a callback) has a few
// of them at most, and one while its last attempt failed; failing lanes together have half of all;
// so a slow or dead receiver holds up itself.
//
// Jobs never wait for it: they leave a row in the outbox. A stop breaks off what is under way; the
// store knows what is still to be done.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "jobs/webhook_deliverer.h"
#include "jobs/webhook_publisher.h"

namespace understudy::jobs {

class WebhookDispatcher {
 public:
  // The references outlive the dispatcher. The threads start at once.
  WebhookDispatcher(WebhookPublisher& publisher, WebhookDeliverer& deliverer, WebhookStore& store,
                    WebhookOptions options, const Clock& clock);
  ~WebhookDispatcher();
  WebhookDispatcher(const WebhookDispatcher&) = delete;
  WebhookDispatcher& operator=(const WebhookDispatcher&) = delete;

  // A hint that something may be due. Any thread.
  void wake();

 private:
  void coordinate(const std::stop_token& stop);
  void publish_all(const std::stop_token& stop);
  std::int64_t hand_out();                     // when to look again, ms from now
  int room_in(const std::string& lane) const;  // Requires: mutex_ is held
  void take_over(std::vector<ClaimedDelivery> claimed);
  void attempt_all(const std::stop_token& stop);
  void purge();

  WebhookPublisher& publisher_;
  WebhookDeliverer& deliverer_;
  WebhookStore& store_;
  const WebhookOptions options_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;   // for the coordinator
  std::condition_variable_any has_work_;  // for the others
  bool is_woken_ = false;
  std::deque<ClaimedDelivery> work_;     // claimed, not yet begun
  std::map<std::string, int> in_lane_;   // handed out and not finished
  std::set<std::string> failing_lanes_;  // the last attempt failed
  int handed_out_ = 0;
  int idle_ = 0;
  std::size_t next_lane_ = 0;  // where the next round begins, so that every lane has its turn
  std::int64_t purge_due_ms_ = 0;
  std::stop_source stop_;
  std::vector<std::jthread> attempters_;  // the coordinator's
  std::jthread coordinator_;              // last: it starts when all else is there
};

}  // namespace understudy::jobs
