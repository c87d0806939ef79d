#include "jobs/webhook_dispatcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <pthread.h>

#include "base/log.h"

namespace understudy::jobs {
namespace {

// How often the outbox is read when nobody gives a hint.
constexpr std::int64_t kLookIntervalMs = 250;
constexpr std::int64_t kLookAtOnceMs = 5;
// Beyond the deadline: for the outcome to be stored.
constexpr std::int64_t kClaimGraceMs = 10'000;
constexpr std::int64_t kPurgeIntervalMs = 10 * 60 * 1000;

void report(std::string_view step, const Error& error) {
  log::error("webhooks: {}: {} {}", step, error.message, error.detail);
}

}  // namespace

WebhookDispatcher::WebhookDispatcher(WebhookPublisher& publisher, WebhookDeliverer& deliverer,
                                     WebhookStore& store, WebhookOptions options,
                                     const Clock& clock)
    : publisher_(publisher),
      deliverer_(deliverer),
      store_(store),
      options_(options),
      clock_(clock),
      purge_due_ms_(clock.now_ms() + kPurgeIntervalMs),
      coordinator_([this] { coordinate(stop_.get_token()); }) {}

WebhookDispatcher::~WebhookDispatcher() {
  stop_.request_stop();
  coordinator_.join();  // before its threads: it may be starting one
  for (auto& thread : attempters_) thread.join();
}

void WebhookDispatcher::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
  }
  changed_.notify_one();
}

void WebhookDispatcher::coordinate(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), "webhooks");
  if (auto released = store_.release_claims(clock_.now_ms()); !released) {
    report("claims", released.error());
  }
  while (!stop.stop_requested()) {
    publish_all(stop);
    const std::int64_t pause_ms = hand_out();
    if (clock_.now_ms() >= purge_due_ms_) purge();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(pause_ms),
                      [this] { return is_woken_; });
    is_woken_ = false;
  }
}

void WebhookDispatcher::publish_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto published = publisher_.publish_some();
    if (!published) report("outbox", published.error());
    if (!published || *published == 0) return;
  }
}

int WebhookDispatcher::room_in(const std::string& lane) const {
  const auto used = in_lane_.find(lane);
  const int in_use = used == in_lane_.end() ? 0 : used->second;
  const int left = options_.concurrency - handed_out_;
  if (!failing_lanes_.contains(lane)) return std::min(options_.endpoint_concurrency - in_use, left);
  // However many receivers are dead, half of the threads are left to the others.
  int failing = 0;
  for (const auto& [name, count] : in_lane_) failing += failing_lanes_.contains(name) ? count : 0;
  const int most_failing = std::max(options_.concurrency / 2, 1);
  return std::min({1 - in_use, left, most_failing - failing});
}

std::int64_t WebhookDispatcher::hand_out() {
  const auto lanes = store_.lanes();
  if (!lanes) {
    report("lanes", lanes.error());
    return kLookIntervalMs;
  }
  std::int64_t pause_ms = kLookIntervalMs;
  for (std::size_t i = 0; i < lanes->size(); ++i) {
    const auto& lane = (*lanes)[(next_lane_ + i) % lanes->size()];
    const std::int64_t now_ms = clock_.now_ms();
    if (lane.next_at_ms > now_ms) {
      pause_ms = std::min(pause_ms, std::max(lane.next_at_ms - now_ms, kLookAtOnceMs));
      continue;
    }
    int room = 0;
    {
      const std::lock_guard lock(mutex_);
      room = room_in(lane.name);
    }
    if (room <= 0) continue;  // whoever finishes wakes us
    const auto ids = store_.due(lane.name, room, now_ms);
    if (ids && ids->empty()) continue;  // a delivery of the same resource is still under way
    auto claimed = ids ? store_.claim(*ids, now_ms, now_ms + options_.deadline_ms + kClaimGraceMs)
                       : tl::make_unexpected(ids.error());
    if (!claimed) {
      report("claim", claimed.error());
      continue;
    }
    take_over(*std::move(claimed));
  }
  if (!lanes->empty()) next_lane_ = (next_lane_ + 1) % lanes->size();
  return pause_ms;
}

void WebhookDispatcher::take_over(std::vector<ClaimedDelivery> claimed) {
  std::size_t missing = 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto& delivery : claimed) {
      ++in_lane_[delivery.delivery.lane];
      ++handed_out_;
      work_.push_back(std::move(delivery));
    }
    const auto idle = static_cast<std::size_t>(idle_);
    missing = work_.size() > idle ? work_.size() - idle : 0;
  }
  const auto most = static_cast<std::size_t>(options_.concurrency);
  for (; missing > 0 && attempters_.size() < most; --missing) {
    attempters_.emplace_back([this] { attempt_all(stop_.get_token()); });
  }
  has_work_.notify_all();
}

void WebhookDispatcher::attempt_all(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), "webhook");
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool has_work = has_work_.wait(lock, stop, [this] { return !work_.empty(); });
    --idle_;
    if (!has_work || stop.stop_requested()) return;  // what is still claimed is released at start
    const ClaimedDelivery claimed = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    const bool is_delivered = deliverer_.attempt(claimed, stop);
    lock.lock();
    const std::string& lane = claimed.delivery.lane;
    if (is_delivered) failing_lanes_.erase(lane);
    if (!is_delivered) failing_lanes_.insert(lane);
    if (--in_lane_[lane] == 0) in_lane_.erase(lane);
    --handed_out_;
    is_woken_ = true;
    changed_.notify_one();
  }
}

void WebhookDispatcher::purge() {
  {
    const std::lock_guard lock(mutex_);
    failing_lanes_.clear();  // also of endpoints that are no more
  }
  const std::int64_t now_ms = clock_.now_ms();
  purge_due_ms_ = now_ms + kPurgeIntervalMs;
  const auto purged = store_.purge(now_ms - options_.history_ms);
  if (!purged) report("purge", purged.error());
}

}  // namespace understudy::jobs
