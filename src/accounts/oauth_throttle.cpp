#include "accounts/oauth_throttle.h"

#include <algorithm>

namespace understudy::accounts {

void Throttle::drop_old(std::deque<std::int64_t>& attempts, std::int64_t now_ms) const {
  while (!attempts.empty() && attempts.front() + limit_.window_ms <= now_ms) attempts.pop_front();
}

std::int64_t Throttle::admit(std::string_view name, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  auto found = attempts_.find(name);
  if (found == attempts_.end()) {
    if (attempts_.size() >= limit_.names_max) {
      attempts_.erase(std::min_element(
          attempts_.begin(), attempts_.end(),
          [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); }));
    }
    found = attempts_.try_emplace(std::string(name)).first;
  }
  auto& attempts = found->second;
  drop_old(attempts, now_ms);
  if (static_cast<int>(attempts.size()) >= limit_.attempts_max) {
    return attempts.front() + limit_.window_ms - now_ms;
  }
  attempts.push_back(now_ms);
  return 0;
}

void Throttle::undo(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = attempts_.find(name);
  if (found == attempts_.end()) return;
  found->second.pop_back();
  if (found->second.empty()) attempts_.erase(found);
}

void Throttle::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = attempts_.find(name);
  if (found != attempts_.end()) attempts_.erase(found);
}

}  // namespace understudy::accounts
