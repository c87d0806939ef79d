#include "media/frame.h"

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

}  // namespace understudy::media
