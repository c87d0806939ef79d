// Layers of a shot as pictures in YUV that are larger than the canvas, and the drawing of them at
// any scale and place. Private to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "media/frame.h"

namespace understudy::cinema {

// Where a layer is seen: canvas pixel (x, y) shows layer pixel ((x - centre) / scale turned by
// `roll`) + middle + (dx, dy).
struct View {
  double scale = 1;  // canvas pixels per layer pixel
  double x = 0;      // layer place that is in the middle of the canvas, pixels
  double y = 0;
  double roll = 0;    // radians
  double ground = 0;  // how much further the lower half moves than the upper: x shift at the
                      // bottom, layer pixels
};

// An opaque picture over the whole canvas; beyond its rims its edge goes on.
void draw_backdrop(const media::Frame& layer, const View& view, media::Frame& canvas);

// A layer with alpha over the canvas; nothing beyond its rims. `coverage`: its alpha becomes at
// least what was drawn; of the canvas' size.
void draw_over(const media::Frame& layer, const View& view, double opacity, media::Frame& canvas,
               media::Frame* coverage = nullptr);

// The layer's alpha alone as the canvas sees it, at 1/8 of the canvas' size, added to `mask`.
struct SmallMask {
  int width = 0;
  int height = 0;
  std::vector<float> data;  // 0..1
};
SmallMask small_mask(int canvas_width, int canvas_height);
void add_alpha(const media::Frame& layer, const View& view, SmallMask& mask);
void blur(SmallMask& mask, int radius);
float sample(const SmallMask& mask, float x, float y);  // mask pixels, bilinear

// Blurs all planes in place, pixels of luma; three passes of a box come close to a Gaussian.
void blur(media::Frame& frame, double radius);

void mix(const media::Frame& other, double share,
         media::Frame& canvas);  // canvas becomes share of other

}  // namespace understudy::cinema
