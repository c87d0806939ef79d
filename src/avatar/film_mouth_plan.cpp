#include "avatar/film_mouth_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "avatar/mouth_style.h"
#include "avatar/unit_choice.h"

namespace understudy::avatar {
namespace {

using face::HeadPose;
using face::kTrusted;

constexpr double kFade_s = 0.16;    // between the source's mouth and ours
constexpr double kIsland_s = 0.35;  // a shorter trusted stretch is left alone
constexpr double kSwitchAt = 0.04;  // radians that another donor must be nearer
constexpr double kHold_s = 0.4;     // a donor stays at least
constexpr double kCross_s = 0.2;    // between two donors

double high_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() * 9 / 10];
}

// Between the 5 % that are least open and the 5 % that are most.
double range_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() * 95 / 100] - values[values.size() * 5 / 100];
}

// What this person's mouth does otherwise than the table of visemes, learnt from the units.
struct Habits {
  std::array<double, 10> open{};  // beyond the table, of each viseme
  std::array<double, 10> width{};

  void apply(UnitTarget& target) const {
    constexpr std::array<double, 5> kShare = {0.1, 0.22, 0.36, 0.22, 0.1};  // coarticulation
    for (std::size_t k = 0; k < kShare.size(); ++k) {
      const auto viseme = static_cast<std::size_t>(target.heard.context[k]);
      target.open += kShare[k] * open[viseme];
      target.width += kShare[k] * width[viseme];
    }
    target.open = std::max(target.open, 0.0);
  }
};

double table_width(const MouthShape& shape) {
  return 1 + (shape.width < 0 ? 0.16 : 0.10) * shape.width;
}

Habits habits_of(const std::vector<Unit>& units, double reach) {
  constexpr double kDoubt = 12;  // units that say the table is right
  std::array<double, 10> open{}, width{}, count{};
  double seen = 0, expected = 0;
  for (const Unit& unit : units) {
    if (!unit.is_heard) continue;
    const auto viseme = static_cast<std::size_t>(unit.viseme);
    open[viseme] += unit.open, width[viseme] += unit.width, ++count[viseme];
    seen += unit.open;
    expected += reach * shape_of(unit.viseme).open;
  }
  Habits habits;
  if (expected <= 0) return habits;
  for (std::size_t v = 0; v < open.size(); ++v) {
    const MouthShape& shape = shape_of(static_cast<Viseme>(v));
    const double trust = count[v] / (count[v] + kDoubt), n = std::max(count[v], 1.0);
    // Neighbours flatten what a single viseme would be.
    habits.open[v] = trust * (open[v] / n - reach * shape.open * seen / expected);
    habits.width[v] = trust * (width[v] / n - table_width(shape));
  }
  return habits;
}

class Planner {
 public:
  Planner(const MouthDonors::Set& set, const face::FaceTrack& track,
          const FilmMouthOptions& options)
      : set_(set),
        track_(track),
        options_(options),
        count_(static_cast<int>(options.shows.size())) {}

  MouthPlan plan(const speech::Speech& speech) {
    plan_shares();
    const SpokenMouth lips(speech, set_.articulation);
    for (int i = 0; i < count_; ++i) plan_.shapes.push_back(lips.at(i / options_.fps));
    if (set_.quality == MouthQuality::unit_selection) {
      plan_units(speech);
    } else {
      plan_strength(speech);
      plan_donors();
    }
    return std::move(plan_);
  }

 private:
  const face::TrackedFace& face_at(int index) const {
    return track_.frames[static_cast<std::size_t>(options_.shows[static_cast<std::size_t>(index)])];
  }
  const HeadPose& pose_at(int index) const { return face_at(index).pose; }

  // Soft in time: from 0 at an untrusted frame to 1 after kFade_s.
  void plan_shares() {
    const int count = count_;
    std::vector<bool> good(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      good[static_cast<std::size_t>(i)] = face_at(i).trust >= kTrusted;
    const int island = static_cast<int>(std::lround(kIsland_s * options_.fps));
    for (int i = 0; i < count;) {
      int end = i;
      while (end < count && good[static_cast<std::size_t>(end)]) ++end;
      const bool is_whole = i == 0 && end == count;
      if (end - i < island && !is_whole) std::fill(good.begin() + i, good.begin() + end, false);
      i = std::max(end, i + 1);
    }
    const double step = 1 / std::max(1.0, kFade_s * options_.fps);
    plan_.shares.assign(static_cast<std::size_t>(count), 0);
    double share = 1;
    for (std::size_t i = 0; i < plan_.shares.size(); ++i) {
      share = good[i] ? std::min(1.0, share + step) : 0;
      plan_.shares[i] = share;
    }
    share = 1;
    for (std::size_t i = plan_.shares.size(); i-- > 0;) {
      share = good[i] ? std::min(1.0, share + step) : 0;
      plan_.shares[i] = std::min(plan_.shares[i], share);
    }
  }

  // The person opens the mouth as far as in the footage.
  void plan_strength(const speech::Speech& speech) {
    if (!set_.is_talking || set_.donors.empty()) return;
    const MouthMesh& mesh = *set_.donors.front()->mesh;
    std::vector<double> gaps;
    for (int i = 0; i < count_; ++i) {
      if (heard_at(speech, i / options_.fps).viseme != Viseme::rest)
        gaps.push_back(gap_of(mesh, mesh.displaced(plan_.shapes[static_cast<std::size_t>(i)], 1)));
    }
    const double high = high_of(gaps);
    if (high > 0.01) plan_.strength = std::clamp(set_.open_high / high, 0.6, 1.6);
  }

  double away(int donor, int index) const {
    const HeadPose& a = set_.donors[static_cast<std::size_t>(donor)]->face.pose;
    const HeadPose& b = pose_at(index);
    return std::hypot(a.yaw - b.yaw, a.pitch - b.pitch);
  }

  void plan_donors() {
    const int count = count_, hold = static_cast<int>(kHold_s * options_.fps);
    const int cross = std::max(1, static_cast<int>(kCross_s * options_.fps));
    int now = 0, before = -1, since = hold;
    for (int i = 0; i < count; ++i, ++since) {
      int nearest = now;
      for (int d = 0; d < static_cast<int>(set_.donors.size()); ++d) {
        if (away(d, i) < away(nearest, i)) nearest = d;
      }
      if (i == 0) {
        now = nearest;
      } else if (nearest != now && since >= hold && away(now, i) - away(nearest, i) > kSwitchAt) {
        before = std::exchange(now, nearest);
        since = 0;
      }
      DonorMix mix{now, -1, 0};
      if (before >= 0 && since < cross) mix = {now, before, 1 - (since + 1.0) / (cross + 1.0)};
      plan_.mixes.push_back(mix);
    }
  }

  void plan_units(const speech::Speech& speech) {
    std::vector<double> opened;
    for (int i = 0; i < count_; ++i) {
      if (heard_at(speech, i / options_.fps).viseme != Viseme::rest)
        opened.push_back(plan_.shapes[static_cast<std::size_t>(i)].open);
    }
    const double reach = set_.open_high / std::max(0.1, high_of(opened));
    const Habits habits = habits_of(set_.units, reach);
    std::vector<UnitTarget> targets;
    for (int i = 0; i < count_; ++i) {
      const MouthShape& shape = plan_.shapes[static_cast<std::size_t>(i)];
      UnitTarget target;
      target.open = shape.open * reach;
      target.width = table_width(shape);
      target.is_closed = shape.press > 0.6;
      target.heard = heard_at(speech, i / options_.fps);
      if (!target.is_closed) habits.apply(target);
      target.pose = pose_at(i);
      target.shown = options_.shows[static_cast<std::size_t>(i)];
      target.sound_trust = set_.articulation.sound_trust();
      targets.push_back(target);
    }
    plan_.mixes = spread_mixes(targets);
  }

  std::vector<DonorMix> mixes_of(const std::vector<int>& path) const {
    std::vector<DonorMix> mixes;
    const auto next = [&](int unit, int by) {
      const int at = unit + by, last = static_cast<int>(set_.units.size()) - 1;
      if (at > last) return unit;
      const Unit& a = set_.units[static_cast<std::size_t>(unit)];
      const Unit& b = set_.units[static_cast<std::size_t>(at)];
      return a.footage == b.footage && b.frame == a.frame + by ? at : unit;
    };
    for (std::size_t i = 0; i < path.size(); ++i) {
      DonorMix mix{path[i], -1, 0};
      // A join is softened by what would have followed.
      if (i > 0 && path[i] != next(path[i - 1], 1)) {
        mix = {path[i], next(path[i - 1], 1), 0.4};
      } else if (i > 1 && path[i - 1] != next(path[i - 2], 1)) {
        mix = {path[i], next(path[i - 2], 2), 0.15};
      }
      if (mix.second == mix.first) mix.second = -1;
      mixes.push_back(mix);
    }
    return mixes;
  }

  double open_of(const DonorMix& mix) const {
    const double first = set_.units[static_cast<std::size_t>(mix.first)].open;
    if (mix.second < 0) return first;
    return first + mix.share * (set_.units[static_cast<std::size_t>(mix.second)].open - first);
  }

  // Averages over visemes flatten speech, and so does a choice among pictures that never quite fit:
  // what is wanted grows or shrinks until what is chosen spans what the person's own speech spans.
  std::vector<DonorMix> spread_mixes(std::vector<UnitTarget>& targets) const {
    const auto choose = [&] {
      return mixes_of(choose_path(set_.units, targets,
                                  static_cast<int>(std::lround(options_.exclude_s * track_.fps))));
    };
    std::vector<double> own, wanted;
    for (const Unit& unit : set_.units) {
      if (unit.is_heard && unit.viseme != Viseme::rest) own.push_back(unit.open);
    }
    for (const UnitTarget& target : targets) {
      if (target.heard.viseme != Viseme::rest) wanted.push_back(target.open);
    }
    constexpr std::size_t kLeast = 10;
    if (own.size() < kLeast || wanted.size() < kLeast) return choose();
    const double reach = range_of(own);
    grow(targets, std::clamp(high_of(own) / std::max(0.02, high_of(wanted)), 0.7, 1.6));
    std::vector<DonorMix> best;
    double least = 1e9;
    constexpr int kRounds = 3;
    for (int round = 0; round < kRounds; ++round) {
      auto mixes = choose();
      std::vector<double> chosen;
      for (std::size_t i = 0; i < mixes.size(); ++i) {
        if (targets[i].heard.viseme != Viseme::rest) chosen.push_back(open_of(mixes[i]));
      }
      const double spread = std::max(0.02, range_of(chosen)) / std::max(0.02, reach);
      if (std::abs(std::log(spread)) < least) {
        least = std::abs(std::log(spread));
        best = std::move(mixes);
      }
      if (least < 0.05) break;
      grow(targets, std::clamp(1 / spread, 0.8, 1.3));
    }
    return best;
  }

  static void grow(std::vector<UnitTarget>& targets, double by) {
    for (UnitTarget& target : targets) target.open *= by;
  }

  const MouthDonors::Set& set_;
  const face::FaceTrack& track_;
  const FilmMouthOptions& options_;
  int count_;
  MouthPlan plan_;
};

}  // namespace

double gap_of(const MouthMesh& mesh, const std::vector<Point>& line) {
  constexpr std::size_t kUp = MouthMesh::kRays / 4, kDown = MouthMesh::kRays * 3 / 4;
  return std::max(0.0, face::dot(line[kDown] - line[kUp], mesh.down())) / mesh.width();
}

MouthPlan plan_mouth(const MouthDonors::Set& set, const face::FaceTrack& track,
                     const speech::Speech& speech, const FilmMouthOptions& options) {
  return Planner(set, track, options).plan(speech);
}

}  // namespace understudy::avatar
