// Planes that mattes are worked out on: small pictures and masks, without OpenCV's types in the
// header. Private to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "media/frame.h"

namespace understudy::avatar {

template <class T>
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<T> data;  // rows packed

  static Plane make(int width, int height, T value = {}) {
    return {
        width, height,
        std::vector<T>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), value)};
  }
  T& at(int x, int y) { return data[index(x, y)]; }
  const T& at(int x, int y) const { return data[index(x, y)]; }
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
};
using BytePlane = Plane<std::uint8_t>;
using FloatPlane = Plane<float>;

// B, G, R bytes, rows packed.
struct SmallPicture {
  int width = 0;
  int height = 0;
  double scale = 1;  // small pixels per pixel of the picture
  std::vector<std::uint8_t> bgr;
};

// The picture with its longer side of `side` pixels (or its own, when that is less).
SmallPicture small_picture(const media::Frame& frame, int side);
SmallPicture small_picture(const media::Image& image, int side);

BytePlane gray_of(const SmallPicture& picture);

// Pixels further than `radius` inside (or outside, when negative) of what is not 0, as 255.
BytePlane grown(const BytePlane& mask, int radius);  // radius < 0: shrunk

// The component of `mask` that weighs most in `weight`, its holes below `hole_share` of its area
// filled; and every other one that is larger than `other_share` of it.
BytePlane main_part(const BytePlane& mask, const BytePlane& weight, double hole_share,
                    double other_share);

}  // namespace understudy::avatar
