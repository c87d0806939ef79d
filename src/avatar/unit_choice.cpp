#include "avatar/unit_choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace understudy::avatar {
namespace {

constexpr std::size_t kKept = 48;  // candidates of a frame
// Targets know the person (own_speech.h), so that lips beside them are dear: squared, of an opening
// that is off by one mouth width, 256.
constexpr double kOpenCost = 16;
constexpr double kWidthCost = 8;
constexpr double kVisemeCost = 0.55;  // of a viseme that is another one
constexpr double kEnergyCost = 0.35;
constexpr double kPoseCost = 1.6;    // of one radian
constexpr double kClosedCost = 2.2;  // lips that should touch and do not
constexpr double kJoinCost = 0.22;   // of any jump
constexpr double kJoinOpenCost = 5;
constexpr double kJoinWidthCost = 2;

// What the ear and the eye take for one another.
double unlike(Viseme a, Viseme b) {
  using enum Viseme;
  if (a == b) return 0;
  const auto group = [](Viseme v) {
    switch (v) {
      case rest: return 0;
      case closed: return 1;
      case lip_teeth: return 2;
      case rounded:
      case open_round: return 3;
      case open:
      case mid: return 4;
      case spread:
      case narrow: return 5;
      case lateral: return 6;
    }
    return 0;
  };
  return group(a) == group(b) ? 0.35 : 1;
}

double turn_between(const face::HeadPose& a, const face::HeadPose& b) {
  const double yaw = a.yaw - b.yaw, pitch = a.pitch - b.pitch;
  return std::sqrt(yaw * yaw + pitch * pitch);
}

double target_cost(const Unit& unit, const UnitTarget& target) {
  const double open = kOpenCost * (unit.open - target.open);
  const double width = kWidthCost * (unit.width - target.width);
  double cost = open * open + width * width;
  if (target.is_closed) cost += target.sound_trust * kClosedCost * std::min(1.0, unit.open / 0.05);
  if (unit.is_heard) {
    constexpr std::array<double, 5> kShare = {0.12, 0.2, 0.36, 0.2, 0.12};
    for (std::size_t k = 0; k < kShare.size(); ++k)
      cost += target.sound_trust * kVisemeCost * kShare[k] *
              unlike(unit.context[k], target.heard.context[k]);
    cost += kEnergyCost * std::abs(unit.energy - target.heard.energy);
  }
  cost += kPoseCost * turn_between(unit.pose, target.pose);
  return cost + 0.3 * std::abs(std::log(unit.pose.scale / target.pose.scale));
}

class PathSearch {
 public:
  PathSearch(std::span<const Unit> units, std::span<const UnitTarget> targets, int exclude_frames)
      : units_(units), targets_(targets), exclude_frames_(exclude_frames) {}

  std::vector<int> best() {
    std::vector<std::vector<int>> kept;
    std::vector<std::vector<int>> came;
    std::vector<double> total;
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      const auto own = costs(t);
      const auto now = candidates(own, kept.empty() ? std::vector<int>() : kept.back());
      std::vector<int> from(now.size(), 0);
      auto sums = kept.empty() ? std::vector<double>(now.size(), 0.0)
                               : joined(kept.back(), total, now, from);
      for (std::size_t k = 0; k < now.size(); ++k) sums[k] += own[static_cast<std::size_t>(now[k])];
      total = std::move(sums);
      kept.push_back(now);
      came.push_back(std::move(from));
    }
    std::vector<int> path(targets_.size());
    auto at =
        static_cast<std::size_t>(std::min_element(total.begin(), total.end()) - total.begin());
    for (std::size_t t = targets_.size(); t-- > 0;) {
      path[t] = kept[t][at];
      at = static_cast<std::size_t>(came[t][at]);
    }
    return path;
  }

 private:
  std::vector<double> costs(std::size_t t) const {
    std::vector<double> own(units_.size());
    for (std::size_t u = 0; u < units_.size(); ++u) {
      own[u] = target_cost(units_[u], targets_[t]);
      if (units_[u].footage == 0 && std::abs(units_[u].frame - targets_[t].shown) < exclude_frames_)
        own[u] += 1e6;
    }
    return own;
  }

  // The best of their own, and what goes on from the frame before.
  std::vector<int> candidates(const std::vector<double>& own,
                              const std::vector<int>& before) const {
    std::vector<int> order(own.size());
    std::iota(order.begin(), order.end(), 0);
    const auto count = std::min(kKept, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](int a, int b) {
                        return own[static_cast<std::size_t>(a)] < own[static_cast<std::size_t>(b)];
                      });
    order.resize(count);
    for (const int unit : before) {
      const int next = unit + 1;
      if (next < static_cast<int>(units_.size()) && follows(unit, next)) order.push_back(next);
    }
    std::sort(order.begin(), order.end());
    order.erase(std::unique(order.begin(), order.end()), order.end());
    return order;
  }

  // The cheapest way to each of `now` from those before, and which of them it comes from. Cheap
  // ones are asked first: once the rest costs more even with the least of joins, they are not.
  std::vector<double> joined(const std::vector<int>& before, const std::vector<double>& total,
                             const std::vector<int>& now, std::vector<int>& from) const {
    std::vector<std::size_t> order(before.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return total[a] < total[b] || (total[a] == total[b] && a < b);
    });
    std::vector<double> sums(now.size(), 1e18);
    for (std::size_t k = 0; k < now.size(); ++k) {
      const auto ask = [&](std::size_t p) {
        const double sum = total[p] + join_cost(before[p], now[k]);
        if (sum < sums[k]) sums[k] = sum, from[k] = static_cast<int>(p);
      };
      // What goes on, and what stands still, may cost less than a join.
      for (const int unit : {now[k] - 1, now[k]}) {
        const auto at = std::lower_bound(before.begin(), before.end(), unit);
        if (at != before.end() && *at == unit) ask(static_cast<std::size_t>(at - before.begin()));
      }
      for (const std::size_t p : order) {
        if (total[p] + kJoinCost >= sums[k]) break;
        ask(p);
      }
    }
    return sums;
  }

  bool follows(int a, int b) const {
    const Unit& one = units_[static_cast<std::size_t>(a)];
    const Unit& other = units_[static_cast<std::size_t>(b)];
    return one.footage == other.footage && other.frame == one.frame + 1;
  }

  double join_cost(int a, int b) const {
    if (follows(a, b)) return 0;
    if (a == b) return 0.12;  // a mouth that stands still
    // What would have followed, against what does.
    const int next = a + 1;
    const Unit& expected = units_[static_cast<std::size_t>(
        next < static_cast<int>(units_.size()) && follows(a, next) ? next : a)];
    const Unit& unit = units_[static_cast<std::size_t>(b)];
    const double open = kJoinOpenCost * (unit.open - expected.open);
    const double width = kJoinWidthCost * (unit.width - expected.width);
    return kJoinCost + open * open + width * width + 0.8 * turn_between(unit.pose, expected.pose);
  }

  std::span<const Unit> units_;
  std::span<const UnitTarget> targets_;
  int exclude_frames_;
};

}  // namespace

std::vector<int> choose_path(std::span<const Unit> units, std::span<const UnitTarget> targets,
                             int exclude_frames) {
  return PathSearch(units, targets, exclude_frames).best();
}

}  // namespace understudy::avatar
