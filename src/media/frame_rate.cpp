#include "media/frame_rate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace understudy::media {
namespace {

constexpr double kRateMin = 1, kRateMax = 240;

double off_by(double value, double from) { return std::abs(value / from - 1); }

struct Gaps {
  double usual_s = 0;  // mean of those that are alike
  int count = 0;       // of them
};

// Of the gaps from `low` to `high`.
Gaps mean_between(const std::vector<double>& gaps, double low, double high) {
  Gaps found;
  for (const double gap : gaps) {
    if (gap < low || gap > high) continue;
    found.usual_s += gap;
    ++found.count;
  }
  found.usual_s /= std::max(1, found.count);
  return found;
}

}  // namespace

FrameRate nearest_rate(double per_s, double doubt) {
  if (!(per_s >= kRateMin)) return {1};
  per_s = std::min(per_s, kRateMax);
  FrameRate best(static_cast<int>(std::lround(per_s)));
  const auto consider = [&](FrameRate rate) {
    if (off_by(rate.per_s(), per_s) < off_by(best.per_s(), per_s)) best = rate;
  };
  for (const int each : {24, 30, 48, 60, 120}) consider({each * 1000, 1001});
  consider({15'000, 1001});
  consider({static_cast<int>(std::lround(2 * per_s)), 2});
  if (off_by(best.per_s(), per_s) <= doubt) {
    const int common = std::gcd(best.pictures, best.seconds);
    return {best.pictures / common, best.seconds / common};
  }
  return {static_cast<int>(std::lround(per_s * 1000)), 1000};
}

FrameRate rate_of_times(std::vector<double> times_s, double tick_s, FrameRate tagged) {
  std::sort(times_s.begin(), times_s.end());
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times_s.size(); ++i) {
    if (const double gap = times_s[i] - times_s[i - 1]; gap > 1e-6) gaps.push_back(gap);
  }
  if (gaps.empty()) return tagged.pictures > 0 ? tagged : FrameRate();
  std::vector<double> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  // Times that are rounded to ticks lie up to one apart from what is meant.
  const double slack_s = 1.1 * tick_s;
  const double middle = sorted[sorted.size() / 2];
  Gaps usual = mean_between(gaps, 0.95 * middle - slack_s, 1.05 * middle + slack_s);
  constexpr double kOneRate = 0.9;  // of the gaps; the rest are pictures that were lost
  if (usual.count < kOneRate * static_cast<double>(gaps.size())) {
    const double short_s = sorted[sorted.size() / 10];
    usual = mean_between(gaps, 0.8 * short_s - slack_s, 1.2 * short_s + slack_s);
  }
  const double measured = 1 / usual.usual_s;
  const double doubt = std::max(2e-4, 2 * tick_s / (usual.usual_s * usual.count));
  if (tagged.pictures > 0 && off_by(tagged.per_s(), measured) <= doubt) return tagged;
  return nearest_rate(measured, doubt);
}

FrameRate limited(FrameRate rate, int most) {
  const int parts = std::max(1, static_cast<int>(std::ceil(rate.per_s() / most - 1e-9)));
  const int common = std::gcd(rate.pictures, rate.seconds * parts);
  return {rate.pictures / common, rate.seconds * parts / common};
}

}  // namespace understudy::media
