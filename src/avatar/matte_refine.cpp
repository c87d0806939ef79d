#include "avatar/matte_refine.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace understudy::avatar {
namespace {

cv::Mat view_of(const FloatPlane& plane) {
  return {plane.height, plane.width, CV_32FC1, const_cast<float*>(plane.data.data())};
}

FloatPlane plane_of(const cv::Mat& mat) {
  FloatPlane plane = FloatPlane::make(mat.cols, mat.rows);
  mat.copyTo(view_of(plane));
  return plane;
}

}  // namespace

FloatPlane soft(const BytePlane& mask) {
  FloatPlane plane = FloatPlane::make(mask.width, mask.height);
  std::transform(mask.data.begin(), mask.data.end(), plane.data.begin(),
                 [](std::uint8_t value) { return static_cast<float>(value) / 255.0F; });
  return plane;
}

GuidedCoverage guide(const BytePlane& gray, const FloatPlane& coverage, int radius) {
  cv::Mat g;
  cv::Mat(gray.height, gray.width, CV_8UC1, const_cast<std::uint8_t*>(gray.data.data()))
      .convertTo(g, CV_32F, 1 / 255.0);
  const cv::Mat p = view_of(coverage);
  const cv::Size window(2 * radius + 1, 2 * radius + 1);
  cv::Mat mean_g, mean_p, mean_gp, mean_gg;
  cv::boxFilter(g, mean_g, -1, window);
  cv::boxFilter(p, mean_p, -1, window);
  cv::boxFilter(g.mul(p), mean_gp, -1, window);
  cv::boxFilter(g.mul(g), mean_gg, -1, window);
  const cv::Mat covariance = mean_gp - mean_g.mul(mean_p);
  const cv::Mat variance = mean_gg - mean_g.mul(mean_g) + 4e-4;
  cv::Mat a = covariance / variance;
  cv::Mat b = mean_p - a.mul(mean_g);
  cv::boxFilter(a, a, -1, window);
  cv::boxFilter(b, b, -1, window);
  return {plane_of(a), plane_of(b)};
}

BytePlane coverage_at_full_size(const GuidedCoverage& guided, const std::uint8_t* luma, int width,
                                int height) {
  cv::Mat a, b;
  cv::resize(view_of(guided.a), a, cv::Size(width, height), 0, 0, cv::INTER_LINEAR);
  cv::resize(view_of(guided.b), b, cv::Size(width, height), 0, 0, cv::INTER_LINEAR);
  BytePlane out = BytePlane::make(width, height);
  for (int y = 0; y < height; ++y) {
    const float* row_a = a.ptr<float>(y);
    const float* row_b = b.ptr<float>(y);
    const std::uint8_t* row = luma + static_cast<std::ptrdiff_t>(y) * width;
    std::uint8_t* to = &out.data[out.index(0, y)];
    for (int x = 0; x < width; ++x) {
      const float g = (static_cast<float>(row[x]) - 16.0F) * (1.0F / 219.0F);
      // The filter leaves a veil on both sides of an edge: cut off.
      const float value = (row_a[x] * g + row_b[x] - 0.14F) * (255.0F / 0.72F);
      to[x] = static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    }
  }
  return out;
}

void fill_unknown(std::vector<FloatPlane*> planes, const BytePlane& is_known) {
  // A pyramid of weighted averages: every level knows more, more coarsely.
  cv::Mat weight;
  cv::Mat(is_known.height, is_known.width, CV_8UC1, const_cast<std::uint8_t*>(is_known.data.data()))
      .convertTo(weight, CV_32F, 1 / 255.0);
  std::vector<cv::Mat> weights{weight};
  while (std::min(weights.back().cols, weights.back().rows) > 2) {
    cv::Mat next;
    cv::resize(weights.back(), next,
               cv::Size((weights.back().cols + 1) / 2, (weights.back().rows + 1) / 2), 0, 0,
               cv::INTER_AREA);
    weights.push_back(next);
  }
  for (FloatPlane* plane : planes) {
    std::vector<cv::Mat> sums{view_of(*plane).mul(weight)};
    for (std::size_t i = 1; i < weights.size(); ++i) {
      cv::Mat next;
      cv::resize(sums.back(), next, weights[i].size(), 0, 0, cv::INTER_AREA);
      sums.push_back(next);
    }
    cv::Mat filled = sums.back() / (weights.back() + 1e-6F);
    for (std::size_t i = weights.size() - 1; i-- > 0;) {
      cv::Mat up;
      cv::resize(filled, up, weights[i].size(), 0, 0, cv::INTER_LINEAR);
      const cv::Mat own = cv::min(weights[i] * 1.0, 1.0);
      filled = sums[i] / (weights[i] + 1e-6F);
      filled = filled.mul(own) + up.mul(1.0 - own);
    }
    filled.copyTo(view_of(*plane));
  }
}

}  // namespace understudy::avatar
