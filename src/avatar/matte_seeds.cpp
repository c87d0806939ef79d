#include "avatar/matte_seeds.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

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

Head head_of(const face::Box& box, double scale) {
  return {(box.x + box.width / 2) * scale, (box.y + 0.2 * box.height) * scale,
          box.width * 0.95 * scale, (box.y + box.height) * scale};
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

BytePlane seeds_of(const Head& head, int width, int height) {
  BytePlane labels = BytePlane::make(width, height, kMaybeBackground);
  cv::Mat view = view_of(labels);
  const double w = head.width, tall = std::max(1.0, head.chin_y - head.y), chin = head.chin_y;
  // Hair and shoulders: probably.
  cv::ellipse(view, at(head.x, head.y - tall * 0.05),
              cv::Size(cvRound(w * 0.74), cvRound(tall * 1.3)), 0, 0, 360, cv::Scalar(kMaybePerson),
              -1);
  const std::vector<cv::Point> shoulders{at(head.x - w * 0.45, chin),
                                         at(head.x + w * 0.45, chin),
                                         at(head.x + w * 1.35, chin + tall * 1.1),
                                         at(head.x + w * 1.5, std::max<double>(height, chin) + 2),
                                         at(head.x - w * 1.5, std::max<double>(height, chin) + 2),
                                         at(head.x - w * 1.35, chin + tall * 1.1)};
  cv::fillConvexPoly(view, shoulders, cv::Scalar(kMaybePerson));
  // The face and the middle of the body: certainly.
  const BytePlane face = face_of(head, width, height);
  for (std::size_t i = 0; i < face.data.size(); ++i)
    if (face.data[i] != 0) labels.data[i] = kSurePerson;
  const std::vector<cv::Point> core{
      at(head.x - w * 0.2, chin - tall * 0.2),  at(head.x + w * 0.2, chin - tall * 0.2),
      at(head.x + w * 0.32, chin + tall * 0.9), at(head.x + w * 0.32, height + 2),
      at(head.x - w * 0.32, height + 2),        at(head.x - w * 0.32, chin + tall * 0.9)};
  if (chin + tall * 0.9 < height) cv::fillConvexPoly(view, core, cv::Scalar(kSurePerson));
  // High above the head and beside it nobody is; a rim of the picture's sides neither.
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double across = std::abs(x - head.x) / w, above = (head.y - y) / tall;
      const bool is_rim = y < chin && (x < 2 || x >= width - 2 || y < 1);
      if (above > 2.1 || (y < chin && across > 1.7) || is_rim) labels.at(x, y) = kSureBackground;
    }
  }
  return labels;
}

double stray_share(const BytePlane& mask, const Head& head) {
  BytePlane likely = seeds_of(head, mask.width, mask.height);
  for (auto& label : likely.data) label = (label & 1) != 0 ? 255 : 0;
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
