#include "jobs/progress_estimate.h"

#include <algorithm>
#include <cmath>

namespace understudy::jobs {

void ProgressEstimate::add(double fraction, std::int64_t now_ms) {
  if (!samples_.empty() && fraction <= samples_.back().fraction) return;
  samples_.push_back({fraction, now_ms});
  // The newest sample older than the window stays: it is where the window's rate starts.
  while (samples_.size() > 2 && samples_[1].at_ms <= now_ms - kWindowMs) samples_.pop_front();
  if (samples_.size() > 512) samples_.erase(samples_.begin() + 1);
}

std::int64_t ProgressEstimate::eta_ms() const {
  if (samples_.size() < 2) return -1;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  const auto span_ms = last.at_ms - first.at_ms;
  if (span_ms < kSpanMinMs) return -1;
  const double per_ms = (last.fraction - first.fraction) / static_cast<double>(span_ms);
  return static_cast<std::int64_t>(std::llround(std::max(0.0, 1 - last.fraction) / per_ms));
}

}  // namespace understudy::jobs
