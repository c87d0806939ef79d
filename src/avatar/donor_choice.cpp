#include "avatar/donor_choice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace understudy::avatar {
namespace {

using face::FaceTrack;
using face::kTrusted;
using face::Lips;
using face::TrackedFace;

constexpr std::size_t kUnitBytesMax = 320'000'000;  // of all pictures together
constexpr std::size_t kUnitsMax = 3000;
constexpr int kRun = 50;            // frames: long films give runs of this length
constexpr double kPoseCell = 0.30;  // radians: donors stand for cells of this size
constexpr std::size_t kDonorsMax = 9;
double speed_of(const FaceTrack& track, int frame) {
  const auto i = static_cast<std::size_t>(frame);
  if (i == 0 || i + 1 >= track.frames.size()) return 0.05;
  const auto& a = track.frames[i - 1].pose;
  const auto& b = track.frames[i + 1].pose;
  return face::length(b.shift - a.shift) / b.scale + std::abs(a.yaw - b.yaw) +
         std::abs(a.pitch - b.pitch);
}

// How well a picture serves as the mouth that is moved: at rest, still, and near a pose.
double rest_cost(const FaceTrack& track, int frame, double yaw, double pitch) {
  const auto& face = track.frames[static_cast<std::size_t>(frame)];
  return 4 * face.mouth_open + 0.6 * std::abs(face.mouth_width - 1) +
         std::hypot(face.pose.yaw - yaw, face.pose.pitch - pitch) + 2 * speed_of(track, frame);
}

std::vector<double> sorted_poses(std::span<const MouthFootage> footage, bool is_yaw) {
  std::vector<double> values;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust >= kTrusted) values.push_back(is_yaw ? face.pose.yaw : face.pose.pitch);
    }
  }
  std::sort(values.begin(), values.end());
  return values;
}

// `alike`: lips that those of the picture ought to resemble, so that nothing jumps from one picture
// to the next.
std::optional<Chosen> best_at_rest(std::span<const MouthFootage> footage, double yaw, double pitch,
                                   double reach, const Lips* alike = nullptr) {
  constexpr double kAlikeCost = 20;  // of lips that are off by the distance of the eyes
  std::optional<Chosen> best;
  double least = 1e9;
  for (std::size_t f = 0; f < footage.size(); ++f) {
    const FaceTrack& track = *footage[f].track;
    for (int i = 0; i < static_cast<int>(track.frames.size()); ++i) {
      const auto& face = track.frames[static_cast<std::size_t>(i)];
      if (face.trust < kTrusted ||
          std::max(std::abs(face.pose.yaw - yaw), std::abs(face.pose.pitch - pitch)) > reach)
        continue;
      double cost = rest_cost(track, i, yaw, pitch);
      if (alike != nullptr) cost += kAlikeCost * distance(lips_of(face), *alike);
      if (cost < least) least = cost, best = Chosen{f, i};
    }
  }
  return best;
}

// How well a picture serves to show what is between the lips: open as far as is wanted, sharp, and
// seen as the film usually sees the face.
double view_cost(const FaceTrack& track, int frame, double open, double yaw, double pitch) {
  const auto& face = track.frames[static_cast<std::size_t>(frame)];
  return 8 * std::abs(face.mouth_open - open) +
         std::hypot(face.pose.yaw - yaw, face.pose.pitch - pitch) + 2 * speed_of(track, frame);
}

}  // namespace

media::Rectangle area_of(const TrackedFace& face, int width, int height) {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const double x : {-1.35, 0.0, 1.35}) {
    for (const double y : {0.1, 1.2, 2.5}) {
      const auto p = face.pose.project({x, y, face::face_depth(x, y)});
      x0 = std::min(x0, p.x), y0 = std::min(y0, p.y);
      x1 = std::max(x1, p.x), y1 = std::max(y1, p.y);
    }
  }
  const auto even = [](double value, int low, int high) {
    return std::clamp(static_cast<int>(std::clamp(value, -1e6, 1e6)), low, high) & ~1;
  };
  const int left = even(x0, 0, width - 8), top = even(y0, 0, height - 8);
  const int right = even(x1 + 2, left + 8, width), bottom = even(y1 + 2, top + 8, height);
  return {left, top, right - left, bottom - top};
}

std::vector<Chosen> choose_resting(std::span<const MouthFootage> footage, MouthQuality quality) {
  const auto yaws = sorted_poses(footage, true), pitches = sorted_poses(footage, false);
  if (yaws.empty()) return {};
  const double yaw = yaws[yaws.size() / 2], pitch = pitches[pitches.size() / 2];
  const auto middle = best_at_rest(footage, yaw, pitch, 10);
  std::vector<Chosen> chosen{*middle};
  if (quality == MouthQuality::one_donor) return chosen;
  const Lips usual =
      lips_of(footage[middle->footage].track->frames[static_cast<std::size_t>(middle->frame)]);
  // Cells of poses, those that are seen most first.
  std::map<std::pair<int, int>, int> cells;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust < kTrusted) continue;
      ++cells[{static_cast<int>(std::lround((face.pose.yaw - yaw) / kPoseCell)),
               static_cast<int>(std::lround((face.pose.pitch - pitch) / kPoseCell))}];
    }
  }
  std::vector<std::pair<int, std::pair<int, int>>> ranked;
  for (const auto& [cell, count] : cells) {
    if (cell != std::pair{0, 0} && count >= 8) ranked.emplace_back(count, cell);
  }
  std::sort(ranked.rbegin(), ranked.rend());
  for (const auto& [count, cell] : ranked) {
    if (chosen.size() >= kDonorsMax) break;
    const auto best = best_at_rest(footage, yaw + cell.first * kPoseCell,
                                   pitch + cell.second * kPoseCell, kPoseCell / 2, &usual);
    if (!best) continue;
    // A mouth that never rests there is worse than the middle one, turned.
    const auto& face = footage[best->footage].track->frames[static_cast<std::size_t>(best->frame)];
    if (face.mouth_open < 0.08) chosen.push_back(*best);
  }
  return chosen;
}

std::vector<Chosen> choose_units(std::span<const MouthFootage> footage) {
  std::vector<Chosen> all;
  double bytes = 0;
  for (std::size_t f = 0; f < footage.size(); ++f) {
    const FaceTrack& track = *footage[f].track;
    for (int i = 0; i < static_cast<int>(track.frames.size()); ++i) {
      const auto& face = track.frames[static_cast<std::size_t>(i)];
      if (face.trust < kTrusted) continue;
      all.push_back({f, i});
      const auto area = area_of(face, track.width, track.height);
      bytes = std::max(bytes, 1.5 * area.width * area.height);
    }
  }
  const auto most =
      std::min(kUnitsMax,
               static_cast<std::size_t>(static_cast<double>(kUnitBytesMax) / std::max(bytes, 1.0)));
  if (all.size() <= most) return all;
  // Runs, evenly spread: real movement is worth more than single pictures.
  const std::size_t runs = std::max<std::size_t>(1, most / kRun);
  std::vector<Chosen> chosen;
  for (std::size_t r = 0; r < runs; ++r) {
    const std::size_t from = r * (all.size() - kRun) / std::max<std::size_t>(1, runs - 1);
    for (std::size_t i = from; i < std::min(all.size(), from + kRun); ++i) chosen.push_back(all[i]);
  }
  const auto before = [](const Chosen& a, const Chosen& b) {
    return std::pair(a.footage, a.frame) < std::pair(b.footage, b.frame);
  };
  std::sort(chosen.begin(), chosen.end(), before);
  chosen.erase(std::unique(chosen.begin(), chosen.end(),
                           [](const Chosen& a, const Chosen& b) {
                             return a.footage == b.footage && a.frame == b.frame;
                           }),
               chosen.end());
  return chosen;
}

std::vector<Chosen> choose_views(std::span<const MouthFootage> footage) {
  constexpr double kSeenLeast = 0.08;  // of an opening: less shows no teeth
  std::vector<double> opened;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust >= kTrusted) opened.push_back(face.mouth_open);
    }
  }
  if (opened.empty()) return {};
  std::sort(opened.begin(), opened.end());
  const double widest = opened[opened.size() * 97 / 100];
  const auto yaws = sorted_poses(footage, true), pitches = sorted_poses(footage, false);
  const double yaw = yaws[yaws.size() / 2], pitch = pitches[pitches.size() / 2];
  std::vector<Chosen> chosen;
  for (const double share : {0.35, 0.62, 1.0}) {
    if (share * widest < kSeenLeast) continue;
    std::optional<Chosen> best;
    double least = 1e9;
    for (std::size_t f = 0; f < footage.size(); ++f) {
      const FaceTrack& track = *footage[f].track;
      for (int i = 0; i < static_cast<int>(track.frames.size()); ++i) {
        const auto& face = track.frames[static_cast<std::size_t>(i)];
        if (face.trust < kTrusted || face.mouth_open < kSeenLeast) continue;
        const double cost = view_cost(track, i, share * widest, yaw, pitch);
        if (cost < least) least = cost, best = Chosen{f, i};
      }
    }
    const auto is_same = [&](const Chosen& c) {
      return c.footage == best->footage && c.frame == best->frame;
    };
    if (best && std::none_of(chosen.begin(), chosen.end(), is_same)) chosen.push_back(*best);
  }
  return chosen;
}

}  // namespace understudy::avatar
