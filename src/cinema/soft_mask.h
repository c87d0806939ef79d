// SoftMask: where people are, at 1/8 of the canvas' size: what is blurred anyway needs no more.
// Private to this folder.
#pragma once

#include <vector>

#include "cinema/plate_layer.h"
#include "media/frame.h"

namespace understudy::cinema {

class SoftMask {
 public:
  SoftMask(int canvas_width, int canvas_height);  // empty

  void add(const media::Frame& layer, const View& view);  // a layer's alpha as the canvas sees it

  void blur(int radius);  // of the mask's own pixels, two passes of a box

  // The values along row `y` of the canvas' chroma grid (every second pixel), bilinear, from
  // column `from` on; places are shifted by (dx, dy) chroma samples. 0..1.
  void row(int y, int from, float dx, float dy, std::vector<float>& values) const;

  bool is_empty_at(int y) const;  // nothing near row `y` of the chroma grid

 private:
  int width_, height_;
  int canvas_width_, canvas_height_;
  std::vector<float> data_;
};

}  // namespace understudy::cinema
