#include "avatar/matte_planes.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "avatar/matte.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

cv::Mat view_of(const BytePlane& plane) {
  return {plane.height, plane.width, CV_8UC1, const_cast<std::uint8_t*>(plane.data.data())};
}

BytePlane plane_of(const cv::Mat& mat) {
  BytePlane plane = BytePlane::make(mat.cols, mat.rows);
  mat.copyTo(view_of(plane));
  return plane;
}

double scale_for(int width, int height, int side) {
  return std::min(1.0, static_cast<double>(side) / std::max(width, height));
}

int even(double length) { return std::max(2, static_cast<int>(std::lround(length / 2)) * 2); }

// The holes of a mask: what is 0 and not joined to the rim of the picture.
void fill_holes(cv::Mat& mask, double area_max) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(mask == 0, labels, stats, centres, 4);
  std::vector<bool> is_hole(static_cast<std::size_t>(count), false);
  for (int i = 1; i < count; ++i) {
    const int x = stats.at<int>(i, cv::CC_STAT_LEFT), y = stats.at<int>(i, cv::CC_STAT_TOP);
    const bool touches = x == 0 || y == 0 || x + stats.at<int>(i, cv::CC_STAT_WIDTH) == mask.cols ||
                         y + stats.at<int>(i, cv::CC_STAT_HEIGHT) == mask.rows;
    is_hole[static_cast<std::size_t>(i)] =
        !touches && stats.at<int>(i, cv::CC_STAT_AREA) <= area_max;
  }
  for (int y = 0; y < mask.rows; ++y) {
    const int* label = labels.ptr<int>(y);
    auto* row = mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < mask.cols; ++x)
      if (is_hole[static_cast<std::size_t>(label[x])]) row[x] = 255;
  }
}

}  // namespace

std::string_view to_string(MatteMethod method) {
  switch (method) {
    case MatteMethod::own_alpha: return "own_alpha";
    case MatteMethod::chroma_key: return "chroma_key";
    case MatteMethod::plate: return "plate";
    case MatteMethod::segments: return "segments";
  }
  std::abort();
}

SmallPicture small_picture(const media::Image& image, int side) {
  const double k = scale_for(image.width, image.height, side);
  const media::Image small =
      k < 1 ? media::scale(image, even(image.width * k), even(image.height * k)) : image;
  SmallPicture picture{
      small.width, small.height, static_cast<double>(small.width) / image.width, {}};
  picture.bgr.resize(static_cast<std::size_t>(small.width) *
                     static_cast<std::size_t>(small.height) * 3);
  for (std::size_t i = 0, j = 0; j < picture.bgr.size(); i += 4, j += 3) {
    picture.bgr[j] = small.rgba[i + 2];
    picture.bgr[j + 1] = small.rgba[i + 1];
    picture.bgr[j + 2] = small.rgba[i];
  }
  return picture;
}

SmallPicture small_picture(const media::Frame& frame, int side) {
  const double k = scale_for(frame.width, frame.height, side);
  SmallPicture picture = small_picture(
      media::to_image(k < 1 ? media::scale(frame, even(frame.width * k), even(frame.height * k))
                            : frame),
      std::max(frame.width, frame.height));
  picture.scale = static_cast<double>(picture.width) / frame.width;
  return picture;
}

BytePlane gray_of(const SmallPicture& picture) {
  BytePlane gray = BytePlane::make(picture.width, picture.height);
  const cv::Mat bgr(picture.height, picture.width, CV_8UC3,
                    const_cast<std::uint8_t*>(picture.bgr.data()));
  cv::Mat out = view_of(gray);
  cv::cvtColor(bgr, out, cv::COLOR_BGR2GRAY);
  return gray;
}

BytePlane grown(const BytePlane& mask, int radius) {
  if (radius == 0) return mask;
  const int r = std::abs(radius);
  const cv::Mat element = cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * r + 1, 2 * r + 1});
  cv::Mat out;
  if (radius > 0)
    cv::dilate(view_of(mask), out, element);
  else
    cv::erode(view_of(mask), out, element);  // beyond the rim of the picture the person goes on
  return plane_of(out);
}

BytePlane main_part(const BytePlane& mask, const BytePlane& weight, double hole_share,
                    double other_share) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(view_of(mask), labels, stats, centres, 4);
  if (count < 2) return mask;
  std::vector<double> sums(static_cast<std::size_t>(count), 0.0);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      sums[static_cast<std::size_t>(labels.at<int>(y, x))] += 0.01 + weight.at(x, y);
  sums[0] = 0;
  const auto main = static_cast<int>(std::max_element(sums.begin(), sums.end()) - sums.begin());
  const double area = stats.at<int>(main, cv::CC_STAT_AREA);
  cv::Mat kept = cv::Mat::zeros(mask.height, mask.width, CV_8UC1);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const int label = labels.at<int>(y, x);
      const bool is_kept = label == main || (label > 0 && stats.at<int>(label, cv::CC_STAT_AREA) >
                                                              other_share * area);
      if (is_kept) kept.at<std::uint8_t>(y, x) = 255;
    }
  }
  fill_holes(kept, hole_share * area);
  return plane_of(kept);
}

}  // namespace understudy::avatar
