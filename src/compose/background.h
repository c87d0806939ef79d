// What lies behind everything on a canvas: a colour, or a picture fitted to it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "compose/canvas.h"
#include "media/frame.h"

namespace understudy::compose {

struct Rgb {
  unsigned char red = 0;
  unsigned char green = 0;
  unsigned char blue = 0;
};

// "#RRGGBB" or "#RGB". Errors: invalid_parameter (the caller sets param).
Result<Rgb> parse_colour(std::string_view text);

enum class Fit { cover, contain };  // fill and crop the middle | show all, with bars

media::Frame colour_background(Rgb colour, CanvasSize size);

// The picture on the canvas; bars and transparent parts show `behind`.
media::Frame image_background(const media::Image& image, Fit fit, CanvasSize size, Rgb behind = {});

// A figure with alpha over a background into `area` of `canvas`; all of one size.
void lay_over(const media::Frame& figure, const media::Frame& background, const media::Rectangle& area, media::Frame& canvas);

// Where a picture of `source` lies on the canvas: even position and size; larger than the canvas,
// with a negative position, when it is cropped.
media::Rectangle fitted(CanvasSize source, Fit fit, CanvasSize canvas);

}  // namespace understudy::compose
