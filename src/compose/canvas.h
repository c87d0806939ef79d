// The size of a video, and what lies behind everything on it.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "media/frame.h"

namespace understudy::compose {

struct CanvasSize {
  int width = 0;   // even
  int height = 0;  // even
  friend bool operator==(const CanvasSize&, const CanvasSize&) = default;
};

// aspect_ratio: "16:9", "9:16", "4:5", "5:4", "1:1" or "auto"; resolution: "720p", "1080p" or "4k",
// which is the length of the shorter side (720, 1080, 2160). "auto" keeps the shape of `source`,
// with the longer side at most 16 / 9 of the resolution; without a source it is 16:9. Errors:
// invalid_parameter, param aspect_ratio or resolution.
Result<CanvasSize> canvas_size(std::string_view aspect_ratio, std::string_view resolution,
                               std::optional<CanvasSize> source = std::nullopt);

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

// Where a picture of `source` lies on the canvas: even position and size; larger than the canvas,
// with a negative position, when it is cropped.
media::Rectangle fitted(CanvasSize source, Fit fit, CanvasSize canvas);

}  // namespace understudy::compose
