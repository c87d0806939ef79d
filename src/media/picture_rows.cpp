#include "media/picture_rows.h"

#include <algorithm>
#include <cstddef>

namespace understudy::media {

PictureRows rows_of(const Frame& frame) {
  return {frame.width,
          frame.height,
          {frame.y.data(), frame.u.data(), frame.v.data()},
          {frame.width, frame.width / 2, frame.width / 2}};
}

void copy_area(const PictureRows& from, Frame& to, const Rectangle& area) {
  const std::array<std::uint8_t*, 3> planes = {to.y.data(), to.u.data(), to.v.data()};
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const int divisor = i == 0 ? 1 : 2;
    const std::ptrdiff_t stride = to.width / divisor;
    for (int y = area.y / divisor; y < (area.y + area.height) / divisor; ++y) {
      std::copy_n(
          from.planes[i] + static_cast<std::ptrdiff_t>(y) * from.strides[i] + area.x / divisor,
          area.width / divisor, planes[i] + y * stride + area.x / divisor);
    }
  }
}

// In squares, as a column of a large picture does not stay in the cache.
void turn_plane(const std::uint8_t* from, int from_stride, int width, int height, int turns,
                std::uint8_t* to, int stride) {
  constexpr int kSquare = 32;
  const int to_width = turns % 2 == 0 ? width : height;
  const int to_height = turns % 2 == 0 ? height : width;
  // Where the target's first sample comes from, and how far its right and lower neighbours are.
  const std::ptrdiff_t row = from_stride;
  const std::ptrdiff_t start = turns == 1   ? (height - 1) * row
                               : turns == 2 ? (height - 1) * row + width - 1
                               : turns == 3 ? width - 1
                                            : 0;
  const std::ptrdiff_t right = turns == 1 ? -row : turns == 2 ? -1 : turns == 3 ? row : 1;
  const std::ptrdiff_t down = turns == 1 ? 1 : turns == 2 ? -row : turns == 3 ? -1 : row;
  for (int top = 0; top < to_height; top += kSquare) {
    for (int left = 0; left < to_width; left += kSquare) {
      for (int y = top; y < std::min(top + kSquare, to_height); ++y) {
        const std::uint8_t* source = from + start + y * down;
        std::uint8_t* target = to + static_cast<std::ptrdiff_t>(y) * stride;
        for (int x = left; x < std::min(left + kSquare, to_width); ++x)
          target[x] = source[x * right];
      }
    }
  }
}

}  // namespace understudy::media
