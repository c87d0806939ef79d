// Painting through a soft mask onto a frame: every sample of luma, and the mean of four for
// chroma. Private to this folder.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <opencv2/core.hpp>

#include "media/frame.h"

namespace understudy::avatar {

struct Yuv {  // 0..255
  double y = 0;
  double u = 0;
  double v = 0;
};

// `mask`: 8 bits, its corner at left, top (even) of `out`; what is odd beyond is left out.
// `colour_at(x, y)`: the colour of a pixel of the frame; asked for only where the mask is not 0.
template <class ColourAt>
void paint_through(const cv::Mat& mask, int left, int top, media::Frame& out,
                   const ColourAt& colour_at) {
  const auto mixed = [](std::uint8_t old, double colour, double share) {
    return static_cast<std::uint8_t>(
        std::clamp(std::lround(old + (colour - old) * share), 0L, 255L));
  };
  for (int row = 0; row + 1 < mask.rows; row += 2) {
    for (int column = 0; column + 1 < mask.cols; column += 2) {
      double u = 0, v = 0, weight = 0;
      for (int k = 0; k < 4; ++k) {
        const int x = column + (k & 1), y = row + (k >> 1);
        const int alpha = mask.at<std::uint8_t>(y, x);
        if (alpha == 0) continue;
        const Yuv c = colour_at(left + x, top + y);
        auto& luma = out.y[static_cast<std::size_t>(top + y) * out.width + left + x];
        luma =
            static_cast<std::uint8_t>(std::clamp(luma + (c.y - luma) * alpha / 255, 16.0, 235.0));
        u += c.u * alpha, v += c.v * alpha, weight += alpha;
      }
      if (weight == 0) continue;
      const std::size_t at =
          static_cast<std::size_t>((top + row) / 2) * (out.width / 2) + (left + column) / 2;
      out.u[at] = mixed(out.u[at], u / weight, weight / (4 * 255));
      out.v[at] = mixed(out.v[at], v / weight, weight / (4 * 255));
    }
  }
}

}  // namespace understudy::avatar
