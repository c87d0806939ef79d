// The size of a video.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

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

}  // namespace understudy::compose
