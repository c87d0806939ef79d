#include "avatar/film_mouth_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "avatar/mouth_style.h"
#include "avatar/unit_choice.h"

namespace understudy::avatar {
namespace {

using face::HeadPose;
using face::kTrusted;

constexpr double kDrawnWider = 0.83;  // drawn lips are seen wider open than their lines are apart
constexpr double kTrustMost = 0.9;
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

// Between the 5 % that are least and the 5 % that are most.
double range_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() * 95 / 100] - values[values.size() * 5 / 100];
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
    if (set_.quality == MouthQuality::by_pose) adopt_habits(speech);
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
    const OwnSpeech& own = set_.own_speech;
    if (own.is_enough()) {
      for (std::size_t i = 0; i < own.table.size(); ++i) {
        MouthShape shape = own.table[i];
        if (habits_) adopt(own.context[i], shape);
        gaps.push_back(gap_of(mesh, mesh.displaced(shape, 1)));
      }
      // Where the table is wrong about this person less movement is nearer to the truth, down to
      // what still looks like speech; habits are right, and need no less than what is drawn needs.
      const double trust =
          habits_ ? kDrawnWider : std::clamp(agreement_of(gaps, own.open), kDrawnWider, kTrustMost);
      const double spread = spread_of(gaps);
      if (spread > 0.005)
        plan_.strength = std::clamp(trust * spread_of(own.open) / spread, 0.4, 1.6);
      return;
    }
    for (int i = 0; i < count_; ++i) {
      if (heard_at(speech, i / options_.fps).viseme != Viseme::rest)
        gaps.push_back(gap_of(mesh, mesh.displaced(plan_.shapes[static_cast<std::size_t>(i)], 1)));
    }
    const double high = high_of(gaps);
    if (high > 0.01) plan_.strength = std::clamp(set_.open_high / high, 0.6, 1.6);
  }

  // Several mouths know the person better than one: they open as far as it does for each sound.
  void adopt_habits(const speech::Speech& speech) {
    reach_ = own_reach();
    if (reach_ <= 0) return;
    habits_ = habits_of(set_.own_speech, reach_);
    for (int i = 0; i < count_; ++i)
      adopt(heard_at(speech, i / options_.fps).context, plan_.shapes[static_cast<std::size_t>(i)]);
  }

  void adopt(const VisemeContext& context, MouthShape& shape) const {
    const double free = 1 - shape.press;  // lips that touch do so whatever the neighbours want
    // What is seen of lips at rest is in the donor's picture already.
    const double beyond = habits_->open_at(context) - set_.donors.front()->face.mouth_open;
    shape.open = std::max(0.0, shape.open + free * beyond / reach_);
  }

  // The opening as seen for one of the table's, on the footage's own words; 0: not known.
  double own_reach() const { return set_.own_speech.reach(set_.open_high); }

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
    double reach = own_reach();
    if (reach <= 0) reach = set_.open_high / std::max(0.1, high_of(opened));
    const Habits habits = habits_of(set_.own_speech, reach);
    std::vector<UnitTarget> targets;
    for (int i = 0; i < count_; ++i) {
      const MouthShape& shape = plan_.shapes[static_cast<std::size_t>(i)];
      UnitTarget target;
      target.open = shape.open * reach;
      target.width = table_width(shape);
      target.is_closed = shape.press > 0.6;
      target.heard = heard_at(speech, i / options_.fps);
      if (!target.is_closed) {
        target.open = std::max(0.0, target.open + habits.open_at(target.heard.context));
        target.width += habits.width_at(target.heard.context);
      }
      target.pose = pose_at(i);
      target.shown = options_.shows[static_cast<std::size_t>(i)];
      target.sound_trust = set_.articulation.sound_trust();
      targets.push_back(target);
    }
    spread_targets(habits, reach, targets);
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

  // Averages over visemes flatten speech: what is wanted spans what the person's own speech spans,
  // said of the same words.
  void spread_targets(const Habits& habits, double reach, std::vector<UnitTarget>& targets) const {
    const OwnSpeech& own = set_.own_speech;
    if (!own.is_enough()) return;
    std::vector<double> wanted;
    for (std::size_t i = 0; i < own.table.size(); ++i) {
      const MouthShape& shape = own.table[i];
      const double beyond = shape.press > 0.6 ? 0 : habits.open_at(own.context[i]);
      wanted.push_back(std::max(0.0, reach * shape.open + beyond));
    }
    const double grown = std::clamp(high_of(own.open) / std::max(0.02, high_of(wanted)), 0.7, 1.6);
    grow(targets, grown);
  }

  double open_of(const DonorMix& mix) const {
    const double first = set_.units[static_cast<std::size_t>(mix.first)].open;
    if (mix.second < 0) return first;
    return first + mix.share * (set_.units[static_cast<std::size_t>(mix.second)].open - first);
  }

  // A choice among pictures that never quite fit flattens speech, too: targets grow or shrink until
  // what is chosen, softened joins included, spans what was wanted.
  std::vector<DonorMix> spread_mixes(std::vector<UnitTarget>& targets) const {
    std::vector<double> wanted;
    for (const UnitTarget& target : targets)
      if (target.heard.viseme != Viseme::rest) wanted.push_back(target.open);
    const double reach = std::max(0.02, range_of(wanted));
    constexpr std::size_t kLeast = 10;
    constexpr int kRounds = 3;
    std::vector<DonorMix> best;
    double least = 1e9;
    for (int round = 0; round < kRounds; ++round) {
      auto mixes = mixes_of(choose_path(set_.units, targets, excluded()));
      std::vector<double> chosen;
      for (std::size_t i = 0; i < mixes.size(); ++i)
        if (targets[i].heard.viseme != Viseme::rest) chosen.push_back(open_of(mixes[i]));
      const double spread = std::max(0.02, range_of(chosen)) / reach;
      if (std::abs(std::log(spread)) < least) {
        least = std::abs(std::log(spread));
        best = std::move(mixes);
      }
      if (least < 0.05 || wanted.size() < kLeast) break;
      grow(targets, std::clamp(1 / spread, 0.8, 1.3));
    }
    return best;
  }

  // How far from itself a picture of the film must be to be taken.
  int excluded() const { return static_cast<int>(std::lround(options_.exclude_s * track_.fps)); }

  static void grow(std::vector<UnitTarget>& targets, double by) {
    for (UnitTarget& target : targets) target.open *= by;
  }

  const MouthDonors::Set& set_;
  const face::FaceTrack& track_;
  const FilmMouthOptions& options_;
  int count_;
  std::optional<Habits> habits_;  // by_pose
  double reach_ = 0;
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
