// PictureRows: a picture that somebody else keeps, such as a decoder, with rows that may lie
// further apart than they are long.
#pragma once

#include <array>
#include <cstdint>

#include "media/frame.h"

namespace understudy::media {

struct PictureRows {
  int width = 0;
  int height = 0;
  std::array<const std::uint8_t*, 3> planes{};  // Y, U, V
  std::array<int, 3> strides{};
};

PictureRows rows_of(const Frame& frame);

// Copies one rectangle (x, y, width, height even) of it into a frame of the same size.
void copy_area(const PictureRows& from, Frame& to, const Rectangle& area);

// One plane, width x height, turned by quarter turns clockwise into a part of another.
void turn_plane(const std::uint8_t* from, int from_stride, int width, int height, int turns,
                std::uint8_t* to, int stride);

}  // namespace understudy::media
