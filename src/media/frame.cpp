#include "media/frame.h"

#include <algorithm>
#include <cassert>

namespace understudy::media {

Frame Frame::make(int width, int height, bool has_alpha) {
  assert(width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0);
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  Frame frame;
  frame.width = width;
  frame.height = height;
  frame.y.assign(pixels, 16);
  frame.u.assign(pixels / 4, 128);
  frame.v.assign(pixels / 4, 128);
  if (has_alpha) frame.alpha.assign(pixels, 0);
  return frame;
}

Frame cut(const Frame& frame, const Rectangle& area) {
  Frame part = Frame::make(area.width, area.height, false);
  for (int y = 0; y < area.height; ++y) {
    std::copy_n(&frame.y[static_cast<std::size_t>(area.y + y) * frame.width + area.x], area.width,
                &part.y[static_cast<std::size_t>(y) * area.width]);
  }
  for (int y = 0; y < area.height / 2; ++y) {
    const auto from = static_cast<std::size_t>(area.y / 2 + y) * (frame.width / 2) + area.x / 2;
    const auto to = static_cast<std::size_t>(y) * (area.width / 2);
    std::copy_n(&frame.u[from], area.width / 2, &part.u[to]);
    std::copy_n(&frame.v[from], area.width / 2, &part.v[to]);
  }
  return part;
}

}  // namespace understudy::media
