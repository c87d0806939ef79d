#include "face/lip_reference.h"

#include <gtest/gtest.h>

#include "face/lip_motion.h"

namespace understudy::face {
namespace {

void fill(cv::Mat& patch, double top, double bottom, int light) {
  for (int r = 0; r < patch.rows; ++r) {
    if (r + 0.5 < FacePatch::row(top) || r + 0.5 > FacePatch::row(bottom)) continue;
    for (int c = cvRound(FacePatch::column(-0.38)); c < cvRound(FacePatch::column(0.38)); ++c)
      patch.at<std::uint8_t>(r, c) = static_cast<std::uint8_t>(light);
  }
}

// Lips with a dark line between them, or parted by `gap` with a row of teeth.
cv::Mat mouth(double seam, double gap) {
  cv::Mat patch(FacePatch::kSize, FacePatch::kSize, CV_8U, cv::Scalar(150));
  fill(patch, seam - 0.11, seam, 120);
  fill(patch, seam, seam + gap + 0.15, 120);
  fill(patch, seam - 0.02, seam + gap + 0.02, 60);
  if (gap > 0.05) fill(patch, seam + 0.01, seam + 0.6 * gap, 210);
  return patch;
}

struct Film {
  std::vector<cv::Mat> patches;
  std::vector<double> gaps;
};

Film talking(int frames, double seam) {
  Film film;
  for (int i = 0; i < frames; ++i) {
    const double gap = i % 5 == 0 ? 0 : 0.06 + 0.03 * (i % 7);
    film.gaps.push_back(gap);
    film.patches.push_back(mouth(seam, gap));
  }
  return film;
}

TEST(LipReference, FindsWhereTheLipsTouchThoughTheFitIsMisplaced) {
  for (const double off : {-0.12, 0.0, 0.12}) {
    const double seam = mean_face()[62].y + off;
    const Film film = talking(60, seam);
    const auto closed =
        find_closed_lips(film.patches, std::vector<double>(film.patches.size(), 1), mean_face());
    ASSERT_TRUE(closed) << off;
    EXPECT_EQ(film.gaps[closed->frame], 0) << off;
    EXPECT_NEAR(closed->seam, seam, 0.03) << off;
  }
}

TEST(LipReference, FramesWithoutWeightAreNotLookedAt) {
  Film film = talking(60, 1.1);
  std::vector<double> weights(film.patches.size(), 1);
  for (std::size_t i = 0; i < weights.size(); i += 10) {
    film.patches[i] = cv::Mat(FacePatch::kSize, FacePatch::kSize, CV_8U, cv::Scalar(150));
    weights[i] = 0;  // calmest of all, and no face
  }
  const auto closed = find_closed_lips(film.patches, weights, mean_face());
  ASSERT_TRUE(closed);
  EXPECT_GT(weights[closed->frame], 0);
  EXPECT_EQ(film.gaps[closed->frame], 0);
}

TEST(LipReference, AFewPicturesSayNothing) {
  const Film film = talking(6, 1.1);
  EXPECT_FALSE(find_closed_lips(film.patches, std::vector<double>(6, 1), mean_face()));
}

}  // namespace
}  // namespace understudy::face
