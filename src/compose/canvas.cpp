#include "compose/canvas.h"

#include <algorithm>
#include <cmath>

namespace understudy::compose {
namespace {

int even(double value) { return std::max(2, static_cast<int>(std::lround(value / 2)) * 2); }

std::optional<int> short_side(std::string_view resolution) {
  if (resolution == "720p") return 720;
  if (resolution == "1080p") return 1080;
  if (resolution == "4k") return 2160;
  return std::nullopt;
}

CanvasSize with_shape(double width_over_height, int side) {
  const double longest = side * 16.0 / 9.0;
  const double stretch = std::max(width_over_height, 1 / width_over_height);
  const double longer = std::min(side * stretch, longest);
  const int a = even(longer);
  const int b = std::max(16, even(longer / stretch));
  return width_over_height >= 1 ? CanvasSize{a, b} : CanvasSize{b, a};
}

}  // namespace

Result<CanvasSize> canvas_size(std::string_view aspect_ratio, std::string_view resolution,
                               std::optional<CanvasSize> source) {
  const auto side = short_side(resolution);
  if (!side) {
    return fail(ErrorCode::invalid_parameter, "Resolution must be 720p, 1080p or 4k.",
                "resolution");
  }
  if (aspect_ratio == "16:9") return with_shape(16.0 / 9, *side);
  if (aspect_ratio == "9:16") return with_shape(9.0 / 16, *side);
  if (aspect_ratio == "4:5") return with_shape(4.0 / 5, *side);
  if (aspect_ratio == "5:4") return with_shape(5.0 / 4, *side);
  if (aspect_ratio == "1:1") return with_shape(1, *side);
  if (aspect_ratio != "auto") {
    return fail(ErrorCode::invalid_parameter,
                "Aspect ratio must be 16:9, 9:16, 4:5, 5:4, 1:1 or auto.", "aspect_ratio");
  }
  const bool is_known = source && source->width > 0 && source->height > 0;
  return with_shape(is_known ? static_cast<double>(source->width) / source->height : 16.0 / 9,
                    *side);
}

}  // namespace understudy::compose
