#include "cinema/soft_mask.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {

SoftMask::SoftMask(int canvas_width, int canvas_height)
    : width_((canvas_width + 7) / 8),
      height_((canvas_height + 7) / 8),
      canvas_width_(canvas_width),
      canvas_height_(canvas_height),
      data_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_)) {}

void SoftMask::add(const media::Frame& layer, const View& view) {
  for (int y = 0; y < height_; ++y) {
    const double v = view.y + (y * 8 + 4 - canvas_height_ / 2.0) / view.scale;
    if (v < 0 || v >= layer.height) continue;
    const std::uint8_t* alpha = layer.alpha.data() + static_cast<std::ptrdiff_t>(v) * layer.width;
    float* values = data_.data() + static_cast<std::ptrdiff_t>(y) * width_;
    for (int x = 0; x < width_; ++x) {
      const double u = view.x + (x * 8 + 4 - canvas_width_ / 2.0) / view.scale;
      if (u < 0 || u >= layer.width) continue;
      values[x] = std::max(values[x], static_cast<float>(alpha[static_cast<int>(u)]) / 255.0F);
    }
  }
}

void SoftMask::blur(int radius) {
  std::vector<float> other(data_.size());
  const auto pass = [&](const std::vector<float>& from, std::vector<float>& to, int count,
                        int length, int stride, int step) {
    for (int i = 0; i < count; ++i) {
      const float* in = from.data() + static_cast<std::ptrdiff_t>(i) * step;
      float* out = to.data() + static_cast<std::ptrdiff_t>(i) * step;
      float sum = 0;
      for (int k = -radius; k <= radius; ++k)
        sum += in[static_cast<std::ptrdiff_t>(std::clamp(k, 0, length - 1)) * stride];
      for (int k = 0; k < length; ++k) {
        out[static_cast<std::ptrdiff_t>(k) * stride] = sum / static_cast<float>(2 * radius + 1);
        sum += in[static_cast<std::ptrdiff_t>(std::min(k + radius + 1, length - 1)) * stride] -
               in[static_cast<std::ptrdiff_t>(std::max(k - radius, 0)) * stride];
      }
    }
  };
  for (int round = 0; round < 2; ++round) {
    pass(data_, other, height_, width_, 1, width_);
    pass(other, data_, width_, height_, width_, 1);
  }
}

void SoftMask::row(int y, int from, float dx, float dy, std::vector<float>& values) const {
  // A chroma sample lies at canvas pixel 2 y + 0.5; a mask pixel covers eight.
  const float place = std::clamp((2 * (static_cast<float>(y) + dy) + 0.5F - 3.5F) / 8, 0.0F,
                                 static_cast<float>(height_) - 1.001F);
  const int iy = static_cast<int>(place);
  const float fy = place - static_cast<float>(iy);
  const float* top = data_.data() + static_cast<std::ptrdiff_t>(iy) * width_;
  const float* bottom = iy + 1 < height_ ? top + width_ : top;
  const float limit = static_cast<float>(width_) - 1.001F;
  float x = (2 * (static_cast<float>(from) + dx) + 0.5F - 3.5F) / 8;
  for (float& value : values) {
    const float held = std::clamp(x, 0.0F, limit);
    const int ix = static_cast<int>(held);
    const float fx = held - static_cast<float>(ix);
    const float a = top[ix] + (bottom[ix] - top[ix]) * fy,
                b = top[ix + 1] + (bottom[ix + 1] - top[ix + 1]) * fy;
    value = a + (b - a) * fx;
    x += 0.25F;
  }
}

bool SoftMask::is_empty_at(int y) const {
  const int middle = std::clamp(y / 4, 0, height_ - 1);
  for (int row = std::max(0, middle - 1); row <= std::min(height_ - 1, middle + 1); ++row) {
    const float* p = data_.data() + static_cast<std::ptrdiff_t>(row) * width_;
    if (std::any_of(p, p + width_, [](float value) { return value > 0.004F; })) return false;
  }
  return true;
}

}  // namespace understudy::cinema
