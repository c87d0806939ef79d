// 256 colours for a set of pictures, and pictures in them. Private to this folder.
// Method: median cut over a 5-bit histogram (P. Heckbert, "Color image quantization for frame
// buffer display", 1982), then an ordered 8 x 8 dither, which does not crawl from frame to frame.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/frame.h"

namespace understudy::media {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

// At most `count` colours. Requires: at least one pixel, opaque pictures.
std::vector<Colour> make_palette(std::span<const Image> images, std::size_t count);

// One index per pixel. Keeps a table of nearest colours between calls.
class PaletteMapper {
 public:
  explicit PaletteMapper(std::vector<Colour> palette);
  std::vector<std::uint8_t> map(const Image& image);

 private:
  std::uint8_t nearest(int red, int green, int blue);
  std::vector<Colour> palette_;
  std::vector<std::int16_t> table_;  // 5 bits a channel; -1: not looked up yet
};

}  // namespace understudy::media
