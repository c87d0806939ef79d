#include "avatar/photo_framing.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "face/landmarks.h"

namespace understudy::avatar {
namespace {

constexpr double kCloseUp = 8.5;      // eye distances over the height of a wide frame
constexpr double kCloseUpAcross = 6;  // and over the width of a tall one
constexpr double kEnlargeMax = 3.2;   // what lies beyond shows nothing but blur
constexpr double kEyeLine = 0.42;     // share of the height above the eyes

cv::Mat view_of(const media::Image& image) {
  return {image.height, image.width, CV_8UC4, const_cast<std::uint8_t*>(image.rgba.data())};
}

// Shifts [at, at + size] so that it covers [0, room], or centres it when it cannot.
double settled(double at, double size, double room) {
  if (size <= room) return (room - size) / 2;
  return std::clamp(at, room - size, 0.0);
}

// What stands beside a photograph that does not fill the canvas: its own rims, drawn on and
// blurred.
cv::Mat backdrop(const cv::Mat& photo, cv::Rect area, cv::Size size) {
  constexpr int kReduced = 8;  // blurred at a small size: the same look for a fraction of the work
  const cv::Size reduced((size.width + kReduced - 1) / kReduced,
                         (size.height + kReduced - 1) / kReduced);
  cv::Rect place(area.x / kReduced, area.y / kReduced, std::max(2, area.width / kReduced),
                 std::max(2, area.height / kReduced));
  cv::Mat small;
  cv::resize(photo, small, place.size(), 0, 0, cv::INTER_AREA);
  const cv::Rect seen = place & cv::Rect(0, 0, reduced.width, reduced.height);
  cv::Mat filled;
  cv::copyMakeBorder(small(seen - place.tl()), filled, seen.y, reduced.height - seen.br().y, seen.x,
                     reduced.width - seen.br().x, cv::BORDER_REPLICATE);
  cv::GaussianBlur(filled, filled, {0, 0}, std::max(1.0, reduced.height / 14.0));
  cv::Mat large;
  cv::resize(filled, large, size, 0, 0, cv::INTER_CUBIC);
  return large;
}

// Enlarging softens; a mild unsharp mask gives edges back.
void sharpen(cv::Mat& image, double scale) {
  if (scale < 1.3) return;
  const double radius = std::min(scale, 4.0) * 0.8;
  cv::Mat soft;
  cv::GaussianBlur(image, soft, {0, 0}, radius);
  cv::addWeighted(image, 1.35, soft, -0.35, 0, image);
}

}  // namespace

PhotoPlacement place_photo(int photo_width, int photo_height, const face::Face& face, int width,
                           int height, PhotoFit fit) {
  const double across = static_cast<double>(width) / photo_width;
  const double down = static_cast<double>(height) / photo_height;
  PhotoPlacement placement;
  const double cover = std::max(across, down);
  if (fit == PhotoFit::contain) {
    placement.scale = std::min(across, down);
  } else {
    placement.scale = cover;
  }
  const auto eyes = face::middle(face::eye_centre(face.landmarks, face::kLeftEye),
                                 face::eye_centre(face.landmarks, face::kRightEye));
  if (fit == PhotoFit::face) {
    const double unit = std::max(face.eye_distance_px, 1.0);
    const double close_up = std::min(height / (kCloseUp * unit), width / (kCloseUpAcross * unit));
    // A face that already fills the canvas would be cut: the whole head must stay in sight.
    const double head = std::min(height / (4.4 * unit), width / (3.6 * unit));
    const double enlarged = std::min(close_up, std::max(kEnlargeMax, cover));
    placement.scale = std::max(std::min(std::max(cover, enlarged), head), std::min(across, down));
  }
  placement.x =
      settled(width / 2.0 - eyes.x * placement.scale, photo_width * placement.scale, width);
  placement.y =
      settled(height * kEyeLine - eyes.y * placement.scale, photo_height * placement.scale, height);
  return placement;
}

media::Image photo_on_canvas(const media::Image& photo, const PhotoPlacement& placement, int width,
                             int height, int factor, bool keeps_alpha) {
  const double scale = placement.scale * factor;
  const cv::Size size(width * factor, height * factor);
  media::Image canvas{size.width, size.height, {}};
  canvas.rgba.resize(static_cast<std::size_t>(size.width) * size.height * 4);
  cv::Mat out = view_of(canvas);
  const cv::Mat whole = view_of(photo);

  // The part of the photograph that lies on the canvas, with a rim for the filters.
  const cv::Rect needed = cv::Rect(static_cast<int>(std::floor(-placement.x * factor / scale)) - 4,
                                   static_cast<int>(std::floor(-placement.y * factor / scale)) - 4,
                                   static_cast<int>(std::ceil(size.width / scale)) + 9,
                                   static_cast<int>(std::ceil(size.height / scale)) + 9) &
                          cv::Rect(0, 0, photo.width, photo.height);
  cv::Mat part;
  if (scale < 0.7) {
    // Area filtering needs whole steps; the rest is left to the warp below.
    cv::resize(whole(needed), part, {}, scale, scale, cv::INTER_AREA);
  } else {
    part = whole(needed);
  }
  const double left = scale < 0.7 ? static_cast<double>(part.cols) / needed.width : 1;
  const double top = scale < 0.7 ? static_cast<double>(part.rows) / needed.height : 1;
  const cv::Matx23d to_canvas(
      scale / left, 0, placement.x * factor + needed.x * scale + 0.5 * scale / left - 0.5, 0,
      scale / top, placement.y * factor + needed.y * scale + 0.5 * scale / top - 0.5);
  const bool is_covering = placement.x <= 0.5 && placement.y <= 0.5 &&
                           placement.x + photo.width * placement.scale >= width - 0.5 &&
                           placement.y + photo.height * placement.scale >= height - 0.5;
  if (keeps_alpha) {
    cv::warpAffine(part, out, to_canvas, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar::all(0));
    return canvas;
  }
  cv::warpAffine(part, out, to_canvas, size, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  if (!is_covering) {
    const cv::Rect area(cvRound(placement.x * factor), cvRound(placement.y * factor),
                        cvRound(photo.width * scale), cvRound(photo.height * scale));
    const cv::Rect seen = area & cv::Rect({}, size);
    cv::Mat behind = backdrop(whole, area, size);
    out(seen).copyTo(behind(seen));
    behind.copyTo(out);
  }
  sharpen(out, placement.scale);
  for (std::size_t i = 3; i < canvas.rgba.size(); i += 4) canvas.rgba[i] = 255;
  return canvas;
}

}  // namespace understudy::avatar
