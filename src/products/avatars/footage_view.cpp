#include "products/avatars/footage_view.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "face/dlib_face.h"
#include "media/film_frames.h"

namespace understudy::avatars {
namespace {

constexpr int kLooks = 12;
constexpr int kLookSide = 960;        // the longer side of what is looked at
constexpr double kSecondFace = 0.35;  // of the largest one's height: smaller ones are passers-by

double median(std::vector<double>& values, double otherwise) {
  if (values.empty()) return otherwise;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The mean luma of a part of a picture.
double light_of(const media::Frame& picture, double x0, double y0, double x1, double y1) {
  const int left = std::clamp(static_cast<int>(x0), 0, picture.width - 1),
            right = std::clamp(static_cast<int>(x1), left + 1, picture.width),
            top = std::clamp(static_cast<int>(y0), 0, picture.height - 1),
            bottom = std::clamp(static_cast<int>(y1), top + 1, picture.height);
  double sum = 0;
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x)
      sum += picture.y[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                       static_cast<std::size_t>(x)];
  return sum / (static_cast<double>(right - left) * (bottom - top));
}

bool has_several(face::HogDetector& detector, const media::Frame& picture) {
  const auto found =
      detector.find({picture.y.data(), picture.width, picture.height, picture.width});
  double largest = 0;
  for (const auto& face : found) largest = std::max(largest, face.box.height);
  return std::count_if(found.begin(), found.end(), [&](const face::Detection& face) {
           return face.box.height >= kSecondFace * largest;
         }) > 1;
}

}  // namespace

// A head that moves goes on moving; a shaking camera turns back in the next picture.
double shake_of(const face::FaceTrack& track) {
  std::vector<double> turns;
  for (std::size_t i = 2; i < track.frames.size(); ++i) {
    const auto &a = track.frames[i - 2], &b = track.frames[i - 1], &c = track.frames[i];
    if (std::min({a.trust, b.trust, c.trust}) < face::kTrusted) continue;
    const face::Point back = (b.pose.shift - a.pose.shift) - (c.pose.shift - b.pose.shift);
    turns.push_back(face::length(back) / std::max(1.0, face::eye_distance(b.landmarks)));
  }
  return median(turns, 0);
}

Result<FootageView> look_at_footage(const std::filesystem::path& film,
                                    const face::FaceTrack& track) {
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film));
  const double scale =
      std::min(1.0, static_cast<double>(kLookSide) / std::max(frames.width(), frames.height()));
  const auto even = [&](int side) { return std::max(2, static_cast<int>(side * scale) & ~1); };
  const media::Rectangle all{0, 0, frames.width() & ~1, frames.height() & ~1};
  media::Frame picture = media::Frame::make(even(all.width), even(all.height), false);
  face::HogDetector detector;
  std::vector<double> light, face_light;
  int several = 0;
  const bool is_followed = !track.frames.empty();
  const int count = is_followed ? std::min(frames.count(), static_cast<int>(track.frames.size()))
                                : frames.count();
  const int looks = std::min(kLooks, count);
  for (int i = 0; i < looks; ++i) {
    const int at = static_cast<int>((i + 0.5) * count / looks);
    TRY(frames.draw(at, all, {0, 0, picture.width, picture.height}, picture));
    several += has_several(detector, picture) ? 1 : 0;
    light.push_back(light_of(picture, 0, 0, picture.width, picture.height));
    if (!is_followed) continue;
    const auto& face = track.frames[static_cast<std::size_t>(at)];
    if (face.trust < face::kTrusted) continue;
    const auto &left = face.landmarks[0], &right = face.landmarks[16],
               &chin = face.landmarks[face::kChin];
    face_light.push_back(light_of(picture, left.x * scale, std::min(left.y, right.y) * scale,
                                  right.x * scale, chin.y * scale));
  }
  FootageView view;
  view.several_share = looks > 0 ? static_cast<double>(several) / looks : 0;
  view.picture_light = median(light, 128);
  view.face_light = median(face_light, view.picture_light);
  view.shake = shake_of(track);
  return view;
}

}  // namespace understudy::avatars
