#include "avatar/matte_seeds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "avatar/matte_segmenter.h"

namespace understudy::avatar {
namespace {

cv::Mat view_of(BytePlane& plane) {
  return {plane.height, plane.width, CV_8UC1, plane.data.data()};
}

cv::Point at(double x, double y) {
  // Far outside, fillConvexPoly would spend its time on rows that nobody sees.
  return {cvRound(std::clamp(x, -20'000.0, 20'000.0)), cvRound(std::clamp(y, -20'000.0, 20'000.0))};
}

}  // namespace

// A detector's box is larger than the face: measured against the landmarks of the same faces.
Head head_of(const face::Box& box, double scale) {
  return {(box.x + box.width / 2) * scale, (box.y + 0.28 * box.height) * scale,
          box.width * 0.8 * scale, (box.y + 0.9 * box.height) * scale};
}

Head head_of(const face::Landmarks& points, double scale) {
  const face::Point ears = face::middle(points[0], points[16]);
  return {ears.x * scale, points[27].y * scale, face::length(points[16] - points[0]) * scale,
          points[face::kChin].y * scale};
}

BytePlane face_of(const Head& head, int width, int height) {
  BytePlane face = BytePlane::make(width, height);
  const double tall = head.chin_y - head.y;
  cv::Mat view = view_of(face);
  cv::ellipse(view, at(head.x, head.y + tall * 0.42),
              cv::Size(cvRound(head.width * 0.40), cvRound(tall * 0.62)), 0, 0, 360,
              cv::Scalar(255), -1);
  return face;
}

FloatPlane evidence_of(const Head& head, int width, int height) {
  const double w = head.width, tall = std::max(1.0, head.chin_y - head.y), chin = head.chin_y;
  const double foot = std::max<double>(height, chin) + 2;
  BytePlane figure = BytePlane::make(width, height), sure = BytePlane::make(width, height);
  cv::Mat likely = view_of(figure), certain = view_of(sure);
  cv::ellipse(likely, at(head.x, head.y - tall * 0.05),
              cv::Size(cvRound(w * 0.6), cvRound(tall * 1.15)), 0, 0, 360, cv::Scalar(255), -1);
  const auto fill = [&](cv::Mat& view, std::initializer_list<std::array<double, 2>> right) {
    std::vector<cv::Point> outline;
    for (const auto& [x, y] : right) outline.push_back(at(head.x + x * w, y));
    for (auto it = std::rbegin(right); it != std::rend(right); ++it)
      outline.push_back(at(head.x - (*it)[0] * w, (*it)[1]));
    cv::fillPoly(view, std::vector<std::vector<cv::Point>>{outline}, cv::Scalar(255));
  };
  fill(likely, {{0.3, chin - tall * 0.2},
                {0.42, chin + tall * 0.3},
                {0.95, chin + tall * 0.6},
                {1.15, chin + tall},
                {1.3, chin + tall * 2},
                {1.15, chin + tall * 2.5},
                {0.85, chin + tall * 3.2},
                {0.85, std::max(foot, chin + tall * 3.2)}});
  fill(
      certain,
      {{0.2, chin - tall * 0.2}, {0.2, chin + tall * 0.5}, {0.3, chin + tall * 0.9}, {0.32, foot}});

  // What is above the forehead is the head's, too: hair, a scarf, or nothing but skin.
  cv::ellipse(certain, at(head.x, head.y - tall * 0.25),
              cv::Size(cvRound(w * 0.36), cvRound(tall * 0.58)), 0, 0, 360, cv::Scalar(255), -1);

  cv::Mat inside, outside;
  cv::distanceTransform(likely, inside, cv::DIST_L2, 3);
  cv::distanceTransform(~likely, outside, cv::DIST_L2, 3);
  const BytePlane face = face_of(head, width, height);
  FloatPlane evidence = FloatPlane::make(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      float& odds = evidence.at(x, y);
      const double in = inside.at<float>(y, x), out = outside.at<float>(y, x);
      const double across = std::abs(x - head.x) / w, above = (head.y - y) / tall;
      // Arms reach beyond this figure, but not beside the face.
      const double least = y > chin + 0.2 * tall ? 2.4 : 3.4;
      odds = static_cast<float>(in > 0 ? 3.2 * std::tanh(in / (0.3 * w))
                                       : -least * std::tanh(out / (0.4 * w)));
      // Long hair hangs down to the shoulders, or it does not.
      if (across < 0.75 && above < 0.6 && y < chin + 0.5 * tall) odds = std::max(odds, -0.9F);
      // Beside the waist there may be an arm, a wide coat, or the wall.
      if (in > 0 && y > chin + 1.5 * tall && across > 0.55) odds *= 0.15F;
      const bool is_rim = y < chin && (x < 2 || x >= width - 2 || y < 1);
      if (above > 2.3 || (y < chin && across > 1.9) || is_rim) odds = -kSure;
      if (face.at(x, y) != 0 || sure.at(x, y) != 0) odds = kSure;
    }
  }
  return evidence;
}

BytePlane with_closed_head(BytePlane mask, const BytePlane& face) {
  int left = face.width, right = -1, chin = 0;
  for (int y = 0; y < face.height; ++y) {
    for (int x = 0; x < face.width; ++x) {
      if (face.at(x, y) != 0) left = std::min(left, x), right = std::max(right, x), chin = y;
    }
  }
  if (right < left) return mask;
  const int wide = right - left + 1;
  const BytePlane head = grown(face, wide / 2);
  const BytePlane closed = grown(grown(mask, wide / 3), -(wide / 3));
  const std::size_t above =
      static_cast<std::size_t>(std::max(0, chin - wide / 8)) * static_cast<std::size_t>(face.width);
  for (std::size_t i = 0; i < above; ++i)
    if (head.data[i] != 0) mask.data[i] = std::max(mask.data[i], closed.data[i]);
  return mask;
}

double stray_share(const BytePlane& mask, const Head& head) {
  const FloatPlane evidence = evidence_of(head, mask.width, mask.height);
  BytePlane likely = BytePlane::make(mask.width, mask.height);
  for (std::size_t i = 0; i < likely.data.size(); ++i)
    likely.data[i] = evidence.data[i] > 0 ? 255 : 0;
  likely = grown(likely, std::clamp(static_cast<int>(head.width * 0.3), 2, 40));
  std::size_t all = 0, stray = 0;
  for (std::size_t i = 0; i < mask.data.size(); ++i) {
    if (mask.data[i] == 0) continue;
    ++all;
    stray += likely.data[i] == 0 ? 1 : 0;
  }
  return all == 0 ? 1 : static_cast<double>(stray) / static_cast<double>(all);
}

}  // namespace understudy::avatar
