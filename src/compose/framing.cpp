#include "compose/framing.h"

#include <algorithm>
#include <cmath>

namespace understudy::compose {
namespace {

// Where the head is over the whole film, hair included, pixels.
struct HeadRange {
  double left = 0, right = 0, top = 0, bottom = 0;
  double centre_x() const { return (left + right) / 2; }
};

double at_share(std::vector<double>& values, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// From the eyes outwards: a head is about 2.6 eye distances wide and as much above the eyes with
// its hair as to the chin below them. The few pictures in which it lies outside do not count.
HeadRange head_of(const face::FaceTrack& track) {
  std::vector<double> left, right, top, bottom;
  for (const auto& frame : track.frames) {
    if (frame.trust < face::kTrusted) continue;
    const auto eyes = face::middle(face::eye_centre(frame.landmarks, face::kLeftEye),
                                   face::eye_centre(frame.landmarks, face::kRightEye));
    const double unit = face::eye_distance(frame.landmarks);
    left.push_back(eyes.x - 1.5 * unit), right.push_back(eyes.x + 1.5 * unit);
    top.push_back(eyes.y - 1.7 * unit), bottom.push_back(eyes.y + 2.1 * unit);
  }
  if (left.empty())
    return {0, static_cast<double>(track.width), 0, static_cast<double>(track.height)};
  return {at_share(left, 0.03), at_share(right, 0.97), at_share(top, 0.03), at_share(bottom, 0.97)};
}

int even(double value) { return static_cast<int>(std::lround(value / 2)) * 2; }

Framing contained(const face::FaceTrack& track, CanvasSize canvas) {
  const media::Rectangle place = fitted({track.width, track.height}, Fit::contain, canvas);
  return {.from = {0, 0, track.width & ~1, track.height & ~1}, .to = place};
}

}  // namespace

Framing Framing::of_track(const face::FaceTrack& track, CanvasSize canvas, std::optional<Fit> fit) {
  if (fit == Fit::contain) return contained(track, canvas);
  const double shape = static_cast<double>(canvas.width) / canvas.height;
  double width = track.width, height = track.height;
  if (width > height * shape) {
    width = height * shape;
  } else {
    height = width / shape;
  }
  const HeadRange head = head_of(track);
  const bool is_cut =
      head.right - head.left > width * 1.02 || head.bottom - head.top > height * 1.02;
  if (!fit && is_cut) return contained(track, canvas);
  // The eyes' height is a painter's: the head stands a little above the middle.
  const double x = std::clamp(head.centre_x() - width / 2, 0.0, track.width - width);
  const double room = height - (head.bottom - head.top);
  const double y = std::clamp(head.top - 0.35 * std::max(room, 0.0), 0.0, track.height - height);
  Framing framing;
  framing.from.width = std::clamp(even(width), 2, track.width & ~1);
  framing.from.height = std::clamp(even(height), 2, track.height & ~1);
  framing.from.x = std::clamp(even(x), 0, (track.width - framing.from.width) & ~1);
  framing.from.y = std::clamp(even(y), 0, (track.height - framing.from.height) & ~1);
  framing.to = {0, 0, canvas.width, canvas.height};
  return framing;
}

face::TrackedFace Framing::placed(const face::TrackedFace& face) const {
  const double kx = static_cast<double>(to.width) / from.width;
  const double ky = static_cast<double>(to.height) / from.height;
  const auto move = [&](face::Point p) {
    return face::Point{(p.x - from.x) * kx + to.x, (p.y - from.y) * ky + to.y};
  };
  face::TrackedFace moved = face;
  for (auto& point : moved.landmarks) point = move(point);
  moved.pose.shift = move(face.pose.shift);
  moved.pose.scale = face.pose.scale * kx;
  return moved;
}

}  // namespace understudy::compose
