#include "products/top_ups/top_up_poller.h"

#include <chrono>

#include "base/log.h"

namespace understudy::top_ups {
namespace {

constexpr std::chrono::milliseconds kInterval(1000);
constexpr int kPollsPerLook = 20;

void note(std::string_view what, const Error& error) {
  log::warn("{}: {} {}", what, error.message, error.detail);
}

}  // namespace

TopUpPoller::TopUpPoller(TopUpService& top_ups, AutoReloadService& reloads)
    : top_ups_(top_ups),
      reloads_(reloads),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

TopUpPoller::~TopUpPoller() {
  thread_.request_stop();
  top_ups_.stop();
  thread_.join();
}

void TopUpPoller::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    look(stop);
    wake_.wait_for(lock, stop, kInterval, [] { return false; });
  }
}

void TopUpPoller::look(const std::stop_token& stop) {
  const std::int64_t now_ms = top_ups_.clock().now_ms();
  if (const auto paid = top_ups_.store().collect_debts(now_ms); !paid) note("debts", paid.error());
  if (!top_ups_.is_configured()) return;
  const auto due = top_ups_.store().due_for_poll(now_ms, kPollsPerLook);
  if (!due) return note("top-ups", due.error());
  for (const auto& top_up : *due) {
    if (stop.stop_requested()) return;
    if (const auto looked = top_ups_.look_after(top_up); !looked) {
      note("top-up " + top_up.id, looked.error());
    }
  }
  if (const auto reloaded = reloads_.reload_what_is_low(); !reloaded) {
    note("auto-reload", reloaded.error());
  }
}

}  // namespace understudy::top_ups
