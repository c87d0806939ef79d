#include "avatar/silhouette.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace understudy::avatar {
namespace {

constexpr int kSide = 240;

// A face from the front, 100 pixels between the eyes, whose mouth is `half` face units wide to each
// side; the mask covers 1.1 units beside its middle.
face::TrackedFace face_with(double half) {
  face::TrackedFace face;
  face.pose.scale = 100;
  face.pose.shift = {120, 20};
  for (std::size_t i = 0; i < face.landmarks.size(); ++i)
    face.landmarks[i] = face.pose.project(face::mean_face()[i]);
  for (const int corner : {face::kLeftCorner, face::kRightCorner}) {
    auto place = face::mean_face()[static_cast<std::size_t>(corner)];
    place.x = corner == face::kLeftCorner ? -half : half;
    face.landmarks[static_cast<std::size_t>(corner)] = face.pose.project(place);
  }
  return face;
}

Coverage everywhere() {
  return {{0, 0, kSide, kSide}, std::vector<std::uint8_t>(kSide * kSide, 255)};
}

media::Frame grey(int luma) {
  auto frame = media::Frame::make(kSide, kSide, false);
  std::fill(frame.y.begin(), frame.y.end(), static_cast<std::uint8_t>(luma));
  return frame;
}

void paint(media::Frame& frame, double from, double to, int luma) {  // face units, both sides
  for (int y = 100; y < 140; ++y)
    for (int x = 0; x < kSide; ++x)
      if (const double at = std::abs(x - 120) / 100.0; at >= from && at <= to)
        frame.y[static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(luma);
}

int share_at(const Coverage& coverage, double beside) {
  return coverage
      .share[static_cast<std::size_t>(120) * kSide + 120 + static_cast<std::size_t>(100 * beside)];
}

TEST(Silhouette, AWallThatOnlyTheDonorShowsIsNotDrawn) {
  auto film = grey(150), donor = grey(150);
  paint(donor, 0.95, 1.15, 60);
  auto coverage = everywhere();
  keep_silhouettes(donor, film, face_with(0.35), coverage);
  EXPECT_LT(share_at(coverage, 1.05), 100);
  EXPECT_EQ(share_at(coverage, 0.3), 255);
}

TEST(Silhouette, TheFilmsOwnSmileIsCoveredWithItsCorners) {
  auto film = grey(150);
  paint(film, 0.5, 0.62, 40);  // the shade of its corners, where the donor has a cheek
  const auto donor = grey(150);
  auto coverage = everywhere();
  keep_silhouettes(donor, film, face_with(0.55), coverage);
  EXPECT_EQ(share_at(coverage, 0.56), 255);
  // Beside a narrow mouth the same is no corner.
  coverage = everywhere();
  keep_silhouettes(donor, film, face_with(0.3), coverage);
  EXPECT_LT(share_at(coverage, 0.62), 255);
}

TEST(Silhouette, OtherLightIsNoOtherThing) {
  auto coverage = everywhere();
  keep_silhouettes(grey(110), grey(150), face_with(0.35), coverage);
  EXPECT_EQ(coverage.share, everywhere().share);
}

}  // namespace
}  // namespace understudy::avatar
