#include "avatar/film_loop.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::avatar {
namespace {

// What counts as one unit of visible difference.
constexpr double kHeadUnit = 0.035;  // eye distances, radians
constexpr double kLookUnit = 3.0;    // grey levels, root mean square
constexpr double kEyesUnit = 11.0;   // a blink that is cut is seen first

constexpr double kCut = 6;         // the film's own pictures do not follow each other
constexpr double kSmallCut = 1.8;  // nor here, when it is
constexpr double kSpike = 2.5;     // times the steps before and after it
constexpr int kJumpsKept = 5;      // of each picture
constexpr int kCandidates = 32;    // compared by more than the head
constexpr int kApart = 12;         // pictures; nearer ones are the same moment
constexpr int kAround = 2;         // pictures that must fit on both sides of a jump
constexpr float kJumpMax = 12;     // a dearer one is not kept
// Costs, in squares of that unit.
constexpr float kJumpCost = 1.2F;
constexpr float kTurnCost = 1.0F;
constexpr float kBackwards = 0.01F;  // a picture
constexpr float kMismatch = 0.08F;   // a picture: a second is worth a hardly visible jump
constexpr float kUntrusted = 0.5F;   // a picture
constexpr float kWish = 0.25F;       // a picture, for half of the film's range beside the wish

constexpr int kJoinBefore = 3;  // pictures that are mixed before a jump
constexpr int kJoinAfter = 3;   // and from it on

double rms(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  if (a.empty() || a.size() != b.size()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(a.size()));
}

double head_difference(const FilmMoment& a, const FilmMoment& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.head.size(); ++i) {
    const double part = (a.head[i] - b.head[i]) / kHeadUnit;
    sum += part * part;
  }
  return std::sqrt(sum);
}

// Without the eyes: a blink is as sudden as a cut, and none.
double scene_step(const FilmMoment& a, const FilmMoment& b) {
  return std::hypot(head_difference(a, b), rms(a.look, b.look) / kLookUnit);
}

// A step that stands out: even fast movements begin and end, a cut has no neighbours.
bool is_cut(const std::vector<double>& steps, std::size_t at) {
  if (steps[at] > kCut) return true;
  double around = 0;
  for (std::size_t k = 1; k <= 2; ++k) {
    if (at > k) around = std::max(around, steps[at - k]);
    if (at + k < steps.size()) around = std::max(around, steps[at + k]);
  }
  return steps[at] > kSmallCut && steps[at] > kSpike * around;
}

}  // namespace

double difference(const FilmMoment& a, const FilmMoment& b) {
  const double head = head_difference(a, b);
  const double look = rms(a.look, b.look) / kLookUnit;
  const double eyes = rms(a.eyes, b.eyes) / kEyesUnit;
  return std::sqrt(head * head + look * look + eyes * eyes);
}

FilmLoop FilmLoop::learn(std::span<const FilmMoment> moments) {
  FilmLoop loop;
  const std::size_t count = moments.size();
  loop.talking_.resize(count);
  loop.trusted_.resize(count);
  loop.is_cut_.assign(count, false);
  loop.turn_.assign(count, kTurnCost);
  std::vector<double> steps(count, 0), scene_steps(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    loop.talking_[i] = moments[i].is_talking;
    loop.trusted_[i] = moments[i].is_trusted;
    if (i == 0) continue;
    steps[i] = difference(moments[i - 1], moments[i]);
    scene_steps[i] = scene_step(moments[i - 1], moments[i]);
  }
  for (std::size_t i = 1; i < count; ++i) loop.is_cut_[i] = is_cut(scene_steps, i);
  for (std::size_t i = 1; i + 1 < count; ++i) {
    // Where nothing moves a turn is not seen; where something does it stops dead.
    const double speed = std::max(steps[i], steps[i + 1]);
    loop.turn_[i] = static_cast<float>(kTurnCost + 4 * speed * speed);
  }
  loop.measure_turns(moments);
  loop.find_jumps(moments);
  return loop;
}

// From the middle of the film's own range.
void FilmLoop::measure_turns(std::span<const FilmMoment> moments) {
  constexpr float kLeast = 0.02F;  // radians: a head that never turns cannot be made to
  head_.assign(moments.size(), {});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<float> values;
    for (const auto& moment : moments)
      if (moment.is_trusted) values.push_back(moment.head[3 + axis]);
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    const float middle = at(0.5);
    const float below = std::max(middle - at(0.03), kLeast);
    const float above = std::max(at(0.97) - middle, kLeast);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const float away = moments[i].head[3 + axis] - middle;
      head_[i][axis] = std::clamp(away / (away < 0 ? below : above), -1.5F, 1.5F);
    }
  }
}

// For each picture those that look most like the one that follows it.
void FilmLoop::find_jumps(std::span<const FilmMoment> moments) {
  const int count = static_cast<int>(moments.size());
  std::vector<std::pair<double, int>> near;
  std::vector<Jump> found;
  for (int from = kAround; from + 1 + kAround < count; ++from) {
    const auto& wanted = moments[static_cast<std::size_t>(from) + 1];
    near.clear();
    for (int to = kAround; to + kAround < count; ++to) {
      if (std::abs(to - from - 1) < kApart) continue;
      near.emplace_back(head_difference(wanted, moments[static_cast<std::size_t>(to)]), to);
    }
    const auto kept = std::min<std::size_t>(near.size(), kCandidates);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
    near.resize(kept);
    found.clear();
    for (const auto& [head, to] : near) {
      if (head * head > kJumpMax) break;
      double sum = 0;
      bool has_cut = false;
      for (int k = -kAround; k <= kAround; ++k) {
        const auto old = static_cast<std::size_t>(from + 1 + k);
        const auto fresh = static_cast<std::size_t>(to + k);
        const double d = difference(moments[old], moments[fresh]);
        sum += d * d;
        has_cut = has_cut || (k > -kAround && (is_cut_[old] || is_cut_[fresh]));
      }
      const auto cost = static_cast<float>(kJumpCost + sum / (2 * kAround + 1));
      if (!has_cut && cost < kJumpMax) found.push_back({from, to, cost});
    }
    std::sort(found.begin(), found.end(),
              [](const Jump& a, const Jump& b) { return a.cost < b.cost; });
    // Neighbours of a good one are the same jump.
    int taken = 0;
    for (const Jump& jump : found) {
      const bool is_new = std::none_of(jumps_.end() - taken, jumps_.end(), [&](const Jump& other) {
        return std::abs(other.to - jump.to) < kApart / 2;
      });
      if (!is_new) continue;
      jumps_.push_back(jump);
      if (++taken == kJumpsKept) break;
    }
  }
  sort_jumps();
}

void FilmLoop::sort_jumps() {
  std::stable_sort(jumps_.begin(), jumps_.end(),
                   [](const Jump& a, const Jump& b) { return a.to < b.to; });
  first_jump_.assign(talking_.size() + 1, jumps_.size());
  for (std::size_t i = jumps_.size(); i-- > 0;)
    first_jump_[static_cast<std::size_t>(jumps_[i].to)] = i;
  for (std::size_t i = talking_.size(); i-- > 0;)
    first_jump_[i] = std::min(first_jump_[i], first_jump_[i + 1]);
}

bool FilmLoop::follows(int picture) const {
  return picture > 0 && picture < picture_count() && !is_cut_[static_cast<std::size_t>(picture)];
}

double FilmLoop::talking_share() const {
  const auto talking = std::count(talking_.begin(), talking_.end(), true);
  return static_cast<double>(talking) /
         static_cast<double>(std::max<std::size_t>(1, talking_.size()));
}

// Round a cut the track of the face needs a moment to settle: that is one cut.
int FilmLoop::cut_count() const {
  int count = 0, last = -kApart;
  for (int i = 0; i < picture_count(); ++i) {
    if (!is_cut_[static_cast<std::size_t>(i)]) continue;
    if (i - last > kApart) ++count;
    last = i;
  }
  return count;
}

// The cheapest way through the film for a stretch of the result. A state is a picture and the
// direction in which the film runs: 2 x picture, + 1 when backwards.
class FilmLoop::Search {
 public:
  explicit Search(const FilmLoop& loop) : loop_(loop), states_(2 * loop.talking_.size()) {}

  // `start`: the state before, or -1: anywhere. One state for each entry of `speaking`.
  std::vector<int> run(std::span<const char> speaking, std::span<const HeadWish> wishes,
                       int start) {
    before_.resize(speaking.size());
    for (std::size_t t = 0; t < speaking.size(); ++t) {
      wish_ = wishes.empty() ? HeadWish{} : wishes[t];
      if (t == 0) {
        begin(speaking[t] != 0, start);
      } else {
        step(speaking[t] != 0, before_[t]);
      }
    }
    std::vector<int> way(speaking.size());
    way.back() = static_cast<int>(std::min_element(cost_.begin(), cost_.end()) - cost_.begin());
    for (std::size_t t = speaking.size(); t-- > 1;)
      way[t - 1] = before_[t][static_cast<std::size_t>(way[t])];
    return way;
  }

 private:
  static constexpr float kNever = std::numeric_limits<float>::max() / 4;

  float local(int picture, bool is_speaking) const {
    const auto i = static_cast<std::size_t>(picture);
    return (loop_.talking_[i] == is_speaking ? 0 : kMismatch) +
           (loop_.trusted_[i] ? 0 : kUntrusted) + beside_wish(i);
  }

  float beside_wish(std::size_t picture) const {
    if (!wish_.is_wished) return 0;
    float sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const float away = loop_.head_[picture][axis] - wish_.turn[axis];
      // What was not asked for may be as it likes.
      sum += away * away * (wish_.turn[axis] == 0 ? 0.1F : 1.0F);
    }
    return kWish * std::min(sum, 2.0F);
  }

  void begin(bool is_speaking, int start) {
    cost_.assign(states_, 0);
    if (start >= 0) {
      cost_.assign(states_, kNever);
      cost_[static_cast<std::size_t>(start)] = 0;
      std::vector<int> unused;
      step(is_speaking, unused);
      return;
    }
    for (std::size_t s = 0; s < states_; ++s)
      cost_[s] = local(static_cast<int>(s / 2), is_speaking);
  }

  void step(bool is_speaking, std::vector<int>& before) {
    const int count = loop_.picture_count();
    before.assign(states_, 0);
    fresh_.assign(states_, kNever);
    for (int p = 0; p < count; ++p) {
      const auto i = static_cast<std::size_t>(p);
      const auto take = [&](std::size_t to, int from, float cost) {
        if (cost >= fresh_[to]) return;
        fresh_[to] = cost;
        before[to] = from;
      };
      if (loop_.follows(p)) {  // forwards from the one before, or turned there
        take(2 * i, 2 * (p - 1), cost_[2 * i - 2]);
        take(2 * i, 2 * (p - 1) + 1, cost_[2 * i - 1] + loop_.turn_[i - 1]);
      }
      if (loop_.follows(p + 1)) {  // backwards from the one after, or turned there
        take(2 * i + 1, 2 * (p + 1) + 1, cost_[2 * i + 3] + kBackwards);
        take(2 * i + 1, 2 * (p + 1), cost_[2 * i + 2] + loop_.turn_[i + 1]);
      }
      for (std::size_t j = loop_.first_jump_[i]; j < loop_.first_jump_[i + 1]; ++j) {
        const Jump& jump = loop_.jumps_[j];
        take(2 * i, 2 * jump.from, cost_[2 * static_cast<std::size_t>(jump.from)] + jump.cost);
      }
      const float here = local(p, is_speaking);
      fresh_[2 * i] += here;
      fresh_[2 * i + 1] += here;
    }
    cost_.swap(fresh_);
  }

  const FilmLoop& loop_;
  std::size_t states_;
  HeadWish wish_;  // of the picture at hand
  std::vector<float> cost_, fresh_;
  std::vector<std::vector<int>> before_;
};

// In stretches, each with a look ahead, so that memory stays bounded.
std::vector<int> FilmLoop::path(const std::vector<bool>& speaking,
                                const std::vector<HeadWish>& wishes) const {
  constexpr std::size_t kBacktracksMax = 8'000'000;
  const std::size_t stretch =
      std::clamp<std::size_t>(kBacktracksMax / (2 * talking_.size()), 100, 3000);
  const std::vector<char> wanted(speaking.begin(), speaking.end());
  Search search(*this);
  std::vector<int> pictures;
  int state = -1;
  for (std::size_t at = 0; at < wanted.size();) {
    const std::size_t seen = std::min(stretch, wanted.size() - at);
    const auto of_stretch = wishes.empty() ? std::span<const HeadWish>()
                                           : std::span<const HeadWish>(wishes.data() + at, seen);
    const auto way = search.run({wanted.data() + at, seen}, of_stretch, state);
    const std::size_t kept =
        at + seen == wanted.size() ? seen : std::max<std::size_t>(1, seen * 2 / 3);
    for (std::size_t t = 0; t < kept; ++t) pictures.push_back(way[t] / 2);
    state = way[kept - 1];
    at += kept;
  }
  return pictures;
}

std::vector<ShownPicture> FilmLoop::with_joins(const std::vector<int>& path) const {
  const int count = static_cast<int>(path.size());
  std::vector<ShownPicture> shown;
  for (const int picture : path) shown.push_back({picture, -1, 0});
  int last_join = -1;
  for (int t = 1; t < count; ++t) {
    const int old = path[static_cast<std::size_t>(t) - 1],
              fresh = path[static_cast<std::size_t>(t)];
    if (std::abs(fresh - old) <= 1) continue;
    for (int k = -kJoinBefore; k < kJoinAfter; ++k) {
      const int at = t + k;
      if (at <= last_join || at < 0 || at >= count) continue;
      auto& here = shown[static_cast<std::size_t>(at)];
      // Before the jump the new stretch fades in, after it the old one still fades out.
      const int other = k < 0 ? fresh + k : old + 1 + k;
      const bool is_there = other >= 0 && other < picture_count() && here.fading_in < 0;
      if (!is_there) continue;
      const float t01 = (static_cast<float>(k + kJoinBefore) + 1) / (kJoinBefore + kJoinAfter + 1);
      const float smooth = t01 * t01 * (3 - 2 * t01);  // of the new stretch
      here.fading_in = other;
      here.share = k < 0 ? smooth : 1 - smooth;
    }
    last_join = t + kJoinAfter - 1;
  }
  return shown;
}

std::vector<ShownPicture> FilmLoop::plan(const std::vector<bool>& speaking,
                                         const std::vector<HeadWish>& wishes) const {
  if (speaking.empty()) return {};
  return with_joins(path(speaking, wishes));
}

}  // namespace understudy::avatar
