// TopUpPoller: the work that time brings to payments, on a thread of its own: top-ups that nothing
// was heard of, wallets that run low, debts that can be paid now.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "products/top_ups/auto_reload_service.h"

namespace understudy::top_ups {

class TopUpPoller {
 public:
  TopUpPoller(TopUpService& top_ups, AutoReloadService& reloads);
  ~TopUpPoller();  // ends a request that is under way
  TopUpPoller(const TopUpPoller&) = delete;
  TopUpPoller& operator=(const TopUpPoller&) = delete;

 private:
  void run(const std::stop_token& stop);
  void look(const std::stop_token& stop);

  TopUpService& top_ups_;
  AutoReloadService& reloads_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace understudy::top_ups
