// Throttle: how often something may go wrong before it is refused unheard. Failures within a
// sliding window are counted by name (an account, an address). It forgets the oldest names when it
// is full, so it holds bounded memory whoever tries. Kept in memory: a restart forgives. Any
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace understudy::accounts {

class Throttle {
 public:
  struct Limit {
    int attempts_max = 10;
    std::int64_t window_ms = 15 * 60 * 1000;
    std::size_t names_max = 20'000;
  };
  explicit Throttle(Limit limit) : limit_(limit) {}

  // Counts an attempt before it is made, so that attempts at the same moment share the limit: 0, or
  // the milliseconds until the name is heard again.
  std::int64_t admit(std::string_view name, std::int64_t now_ms);
  void undo(std::string_view name);    // the last attempt went well
  void forget(std::string_view name);  // and so are all before it

 private:
  void drop_old(std::deque<std::int64_t>& attempts, std::int64_t now_ms) const;

  Limit limit_;
  std::mutex mutex_;
  std::map<std::string, std::deque<std::int64_t>, std::less<>> attempts_;
};

}  // namespace understudy::accounts
