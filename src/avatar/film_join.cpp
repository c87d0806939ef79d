#include "avatar/film_join.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace understudy::avatar {
namespace {

constexpr int kFlowWidth = 480;    // of the pictures the flow is found in
constexpr double kFlowMax = 0.04;  // of the width: further apart nothing is the same thing

cv::Mat plane(const std::vector<std::uint8_t>& bytes, int width, int height) {
  return {height, width, CV_8UC1, const_cast<std::uint8_t*>(bytes.data())};
}

// From `a` to `b`, in pixels of a plane of `width`, at that plane's size.
cv::Mat flow_between(const media::Frame& a, const media::Frame& b) {
  const double scale = std::min(1.0, static_cast<double>(kFlowWidth) / a.width);
  const cv::Size small(std::max(32, cvRound(a.width * scale)),
                       std::max(32, cvRound(a.height * scale)));
  cv::Mat from, to, flow;
  cv::resize(plane(a.y, a.width, a.height), from, small, 0, 0, cv::INTER_AREA);
  cv::resize(plane(b.y, b.width, b.height), to, small, 0, 0, cv::INTER_AREA);
  const auto search = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_FAST);
  search->calc(from, to, flow);
  cv::GaussianBlur(flow, flow, {}, 2.0);
  const auto limit = static_cast<float>(kFlowMax * small.width);
  for (int y = 0; y < flow.rows; ++y) {
    auto* row = flow.ptr<cv::Vec2f>(y);
    for (int x = 0; x < flow.cols; ++x) {
      const auto length = static_cast<float>(cv::norm(row[x]));
      if (length > limit) row[x] *= limit / length;
    }
  }
  return flow;
}

// The places of a plane of `size`, moved by `factor` times the flow.
cv::Mat places(const cv::Mat& flow, cv::Size size, double factor) {
  cv::Mat moved;
  cv::resize(flow, moved, size, 0, 0, cv::INTER_LINEAR);
  const auto kx = static_cast<float>(factor * size.width / flow.cols);
  const auto ky = static_cast<float>(factor * size.height / flow.rows);
  for (int y = 0; y < moved.rows; ++y) {
    auto* row = moved.ptr<cv::Vec2f>(y);
    for (int x = 0; x < moved.cols; ++x)
      row[x] = {static_cast<float>(x) + kx * row[x][0], static_cast<float>(y) + ky * row[x][1]};
  }
  return moved;
}

void mix_plane(const cv::Mat& a, const cv::Mat& b, const cv::Mat& from_a, const cv::Mat& from_b,
               double share, cv::Mat out) {
  cv::Mat left, right;
  cv::remap(a, left, from_a, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::remap(b, right, from_b, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::addWeighted(left, 1 - share, right, share, 0, out);
}

}  // namespace

void mix_pictures(const media::Frame& a, const media::Frame& b, double share, media::Frame& out) {
  const cv::Mat flow = flow_between(a, b);
  const cv::Size whole(a.width, a.height), half(a.width / 2, a.height / 2);
  const auto mix = [&](const std::vector<std::uint8_t>& from, const std::vector<std::uint8_t>& to,
                       std::vector<std::uint8_t>& into, cv::Size size, const cv::Mat& left,
                       const cv::Mat& right) {
    mix_plane(plane(from, size.width, size.height), plane(to, size.width, size.height), left, right,
              share, plane(into, size.width, size.height));
  };
  const cv::Mat left = places(flow, whole, -share), right = places(flow, whole, 1 - share);
  mix(a.y, b.y, out.y, whole, left, right);
  const cv::Mat small_left = places(flow, half, -share),
                small_right = places(flow, half, 1 - share);
  mix(a.u, b.u, out.u, half, small_left, small_right);
  mix(a.v, b.v, out.v, half, small_left, small_right);
}

}  // namespace understudy::avatar
