// Layers of a shot as pictures in YUV that are larger than the canvas, and the drawing of them at
// any scale and place. Private to this folder.
#pragma once

#include "media/frame.h"

namespace understudy::cinema {

// Where a layer is seen: canvas pixel (x, y) shows layer pixel ((x, y) - the canvas' middle) /
// scale
// + (this x, this y).
struct View {
  double scale = 1;  // canvas pixels per layer pixel
  double x = 0;      // layer place that is in the middle of the canvas, pixels
  double y = 0;
  double ground = 0;  // how much further the lower half moves than the upper: x shift at the
                      // bottom, layer pixels
};

// An opaque picture over the whole canvas; beyond its rims its edge goes on.
void draw_backdrop(const media::Frame& layer, const View& view, media::Frame& canvas);

// A layer with alpha over the canvas; nothing beyond its rims. `coverage`: its alpha becomes at
// least what was drawn; of the canvas' size.
void draw_over(const media::Frame& layer, const View& view, media::Frame& canvas,
               media::Frame* coverage = nullptr);

// Blurs all planes in place, pixels of luma; three passes of a box come close to a Gaussian.
void blur(media::Frame& frame, double radius);

void mix(const media::Frame& other, double share,
         media::Frame& canvas);  // canvas becomes share of other

}  // namespace understudy::cinema
