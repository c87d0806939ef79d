// Overlay: a picture made once and laid on many frames, in its rectangle only.
#pragma once

#include <cstdint>
#include <vector>

#include "media/frame.h"

namespace understudy::media {

// Premultiplied BT.709 planes with their coverage, in the layout of Frame. `area` is even.
struct Overlay {
  Rectangle area;
  std::vector<std::uint8_t> y;              // premultiplied, area.height x area.width
  std::vector<std::uint8_t> u, v;           // premultiplied, quarter size
  std::vector<std::uint8_t> alpha;          // coverage at full size
  std::vector<std::uint8_t> alpha_quarter;  // coverage of the chroma samples

  bool is_empty() const { return area.width == 0 || area.height == 0; }
};

// Places the picture's top left corner at (x, y) of a canvas; what lies outside is cut off.
// opacity 0..1.
Overlay make_overlay(const Image& image, int x, int y, int canvas_width, int canvas_height,
                     double opacity = 1.0);

enum class Corner { top_left, top_right, bottom_left, bottom_right, centre };

struct WatermarkStyle {
  Corner corner = Corner::bottom_right;
  double share = 0.12;  // longer side of the mark / longer side of the canvas
  double opacity = 0.8;
};

// Scaled to its share, with a margin of 3 % of the canvas' shorter side.
Overlay make_watermark(const Image& image, int canvas_width, int canvas_height,
                       const WatermarkStyle& style = {});

// Requires: the overlay was made for this frame's size. A transparent frame becomes opaque where
// the overlay is.
void blend(Frame& frame, const Overlay& overlay);

// The smallest rectangle around both; an empty one counts for nothing.
Rectangle united(const Rectangle& a, const Rectangle& b);
Rectangle whole(const Frame& frame);

// Copies one rectangle (x, y, width, height even) between frames of one size.
void copy_area(const Frame& from, Frame& to, const Rectangle& area);

}  // namespace understudy::media
