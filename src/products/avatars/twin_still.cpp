#include "products/avatars/twin_still.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/film_frames.h"

namespace understudy::avatars {
namespace {

constexpr std::size_t kStillsTried = 6;
constexpr int kApart = 25;  // pictures: nearer ones are the same moment

}  // namespace

Result<std::optional<face::Face>> best_still(const std::filesystem::path& film,
                                             const face::FaceTrack& track,
                                             const std::vector<bool>& talking,
                                             media::Image& picture) {
  TRY_ASSIGN(auto finder, face::FaceFinder::open(face::Providers::from_environment()));
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film));
  const media::Rectangle all{0, 0, frames.width(), frames.height()};
  std::vector<std::pair<double, int>> order;
  const int count = std::min(frames.count(), static_cast<int>(track.frames.size()));
  for (int i = 0; i < count; ++i) {
    const auto& face = track.frames[static_cast<std::size_t>(i)];
    if (face.trust < face::kTrusted) continue;
    const double badness = face.pose.turned() + std::abs(face.pose.roll) + 2 * face.mouth_open +
                           (talking[static_cast<std::size_t>(i)] ? 0.1 : 0);
    order.emplace_back(badness, i);
  }
  std::sort(order.begin(), order.end());
  if (order.empty())
    return fail(ErrorCode::invalid_parameter, "The face can nowhere be followed.", "file");
  std::vector<int> tried;
  media::Frame frame = media::Frame::make(all.width, all.height, false);
  for (const auto& [badness, index] : order) {
    const bool is_near = std::any_of(tried.begin(), tried.end(),
                                     [&](int other) { return std::abs(other - index) < kApart; });
    if (is_near) continue;
    tried.push_back(index);
    TRY(frames.draw(index, all, all, frame));
    media::Image seen = media::to_image(frame);
    auto face = finder.find(seen);
    if (!face && face.error().code != ErrorCode::invalid_parameter)
      return tl::make_unexpected(std::move(face).error());
    if (face || tried.size() == 1) picture = std::move(seen);
    if (face) return std::optional(*std::move(face));
    if (tried.size() == kStillsTried) break;
  }
  return std::optional<face::Face>();
}

}  // namespace understudy::avatars
