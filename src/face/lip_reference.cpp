#include "face/lip_reference.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "face/lip_motion.h"

namespace understudy::face {
namespace {

constexpr std::size_t kFramesMin = 10;
constexpr double kCalmest = 0.08;  // of the frames
constexpr std::size_t kComparedMax = 60;
constexpr double kSeamReach = 0.22;  // face units round the expected row
constexpr double kSeamDoubt = 0.16;

struct Calm {
  double edges = 0;
  std::size_t frame = 0;
};

cv::Rect zone_of(const FaceShape& mouth) {
  const double middle = (mouth[kLeftCorner].x + mouth[kRightCorner].x) / 2;
  const double half = (mouth[kRightCorner].x - mouth[kLeftCorner].x) / 2;
  const int left = cvRound(FacePatch::column(middle - 0.6 * half));
  const int right = cvRound(FacePatch::column(middle + 0.6 * half));
  const int top = cvRound(FacePatch::row(mouth[51].y - 0.10));
  const int bottom = cvRound(FacePatch::row(mouth[57].y + 0.16));
  return cv::Rect(left, top, right - left, bottom - top) &
         cv::Rect(0, 0, FacePatch::kSize, FacePatch::kSize);
}

double edges_of(const cv::Mat& patch, const cv::Rect& zone) {
  double sum = 0;
  for (int r = zone.y + 1; r + 1 < zone.y + zone.height; ++r) {
    const std::uint8_t* above = patch.ptr(r - 1);
    const std::uint8_t* below = patch.ptr(r + 1);
    for (int c = zone.x; c < zone.x + zone.width; ++c) sum += std::abs(above[c] - below[c]);
  }
  return sum;
}

// Of those frames the one that is most like all others.
std::size_t middle_of(const std::vector<Calm>& calm, const std::vector<cv::Mat>& patches,
                      const cv::Rect& zone) {
  const std::size_t stride = calm.size() / kComparedMax + 1;
  std::size_t best = calm.front().frame;
  double least = 1e18;
  for (std::size_t i = 0; i < calm.size(); i += stride) {
    double sum = 0;
    for (std::size_t k = 0; k < calm.size(); k += stride)
      sum += cv::norm(patches[calm[i].frame](zone), patches[calm[k].frame](zone), cv::NORM_L1);
    if (sum < least) least = sum, best = calm[i].frame;
  }
  return best;
}

// The row that is darker than what lies above and below it, all across the mouth.
double seam_of(const cv::Mat& patch, const cv::Rect& zone, double expected) {
  constexpr int kStep = 4;  // patch pixels: less than a lip is thick
  double best = expected, most = -1e18;
  for (int r = std::max(zone.y, kStep);
       r < std::min(zone.y + zone.height, FacePatch::kSize - kStep); ++r) {
    const double y = (r + 0.5) / FacePatch::kUnit + FacePatch::kTop;
    if (std::abs(y - expected) > kSeamReach) continue;
    double valley = 0;
    for (int c = zone.x; c < zone.x + zone.width; ++c) {
      valley +=
          0.5 * (patch.at<std::uint8_t>(r - kStep, c) + patch.at<std::uint8_t>(r + kStep, c)) -
          patch.at<std::uint8_t>(r, c);
    }
    valley /= std::max(1, zone.width);
    const double away = (y - expected) / kSeamDoubt;
    const double score = valley - 2 * away * away;
    if (score > most) most = score, best = y;
  }
  return best;
}

}  // namespace

std::optional<ClosedLips> find_closed_lips(const std::vector<cv::Mat>& patches,
                                           const std::vector<double>& weights,
                                           const FaceShape& mouth) {
  const cv::Rect zone = zone_of(mouth);
  if (zone.width < 4 || zone.height < 8) return std::nullopt;
  std::vector<Calm> calm;
  for (std::size_t i = 0; i < patches.size(); ++i) {
    if (weights[i] > 0 && !patches[i].empty()) calm.push_back({edges_of(patches[i], zone), i});
  }
  if (calm.size() < kFramesMin) return std::nullopt;
  std::sort(calm.begin(), calm.end(),
            [](const Calm& a, const Calm& b) { return a.edges < b.edges; });
  calm.resize(std::max(kFramesMin / 2,
                       static_cast<std::size_t>(kCalmest * static_cast<double>(calm.size()))));
  ClosedLips closed;
  closed.frame = middle_of(calm, patches, zone);
  closed.seam = seam_of(patches[closed.frame], zone, (mouth[62].y + mouth[66].y) / 2);
  return closed;
}

}  // namespace understudy::face
