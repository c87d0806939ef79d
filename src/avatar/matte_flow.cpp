#include "avatar/matte_flow.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace understudy::avatar {
namespace {

cv::Mat view_of(const BytePlane& plane) {
  return {plane.height, plane.width, CV_8UC1, const_cast<std::uint8_t*>(plane.data.data())};
}

}  // namespace

BytePlane follow(const BytePlane& mask, const BytePlane& gray_before, const BytePlane& gray_now) {
  static thread_local const cv::Ptr<cv::DISOpticalFlow> dis =
      cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_ULTRAFAST);
  cv::Mat now, before, flow;
  // Half the size is enough for a band of a few pixels.
  cv::resize(view_of(gray_now), now, {}, 0.5, 0.5, cv::INTER_AREA);
  cv::resize(view_of(gray_before), before, now.size(), 0, 0, cv::INTER_AREA);
  dis->calc(now, before, flow);
  cv::resize(flow, flow, cv::Size(mask.width, mask.height), 0, 0, cv::INTER_LINEAR);
  cv::Mat map(mask.height, mask.width, CV_32FC2);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const auto& f = flow.at<cv::Vec2f>(y, x);
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + 2 * f[0],
                                 static_cast<float>(y) + 2 * f[1]};
    }
  }
  BytePlane moved = BytePlane::make(mask.width, mask.height);
  cv::Mat out = view_of(moved);
  cv::remap(view_of(mask), out, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::threshold(out, out, 127, 255, cv::THRESH_BINARY);
  return moved;
}

}  // namespace understudy::avatar
