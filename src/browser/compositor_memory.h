// The compositor's raster surface in the memory of the browser's GPU process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "browser/frame_source.h"

namespace understudy::browser {

// Looks for the surface: `paint` fills the page with a colour, 0xAARRGGBB, and draws it. Errors:
// engine_failed (no place, or more than one, follows the colours), those of `paint`.
Result<std::unique_ptr<FrameSource>> find_compositor_memory(
    pid_t browser, std::size_t pixel_count,
    const std::function<Result<void>(std::uint32_t)>& paint);

}  // namespace understudy::browser
