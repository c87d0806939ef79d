// Frame: one picture as video codecs take it.
//
// 8-bit YUV 4:2:0, BT.709, limited range (Y 16-235, U and V 16-240), planes packed (stride =
// width). Width and height are even. The alpha plane, when there is one, is full range, height x
// width, straight (not premultiplied). A Frame is a plain value; copy it as little as possible.
#pragma once

#include <cstdint>
#include <vector>

namespace understudy::media {

struct Frame {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> y;      // height x width
  std::vector<std::uint8_t> u;      // height/2 x width/2
  std::vector<std::uint8_t> v;      // height/2 x width/2
  std::vector<std::uint8_t> alpha;  // height x width, or empty
  // What the planes were made of (R G B A, straight), or empty: for encoders of full chroma.
  std::vector<std::uint8_t> rgba;

  static Frame make(int width, int height, bool has_alpha);  // black, transparent
};

// An 8-bit picture, height x width x 4, rows packed, R G B A, straight alpha.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;
};

// A part of a frame, x and y even, inside the frame.
struct Rectangle {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

// A part of a frame, without alpha. Requires: `area` lies in it, all numbers even.
Frame cut(const Frame& frame, const Rectangle& area);

}  // namespace understudy::media
