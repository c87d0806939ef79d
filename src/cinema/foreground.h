// What stands out of focus between the camera and the people: leaves, grass, lights, the edge of a
// piece of furniture. It moves furthest, and gives a move its depth. Private to this folder.
#pragma once

#include <cstdint>

#include "cinema/direction.h"
#include "media/frame.h"

namespace understudy::cinema {

// A picture with alpha of `width` x `height` (even, at least the canvas), blurred; drawn for the
// setting. The canvas lies in its middle when the camera is half way.
media::Frame draw_foreground(const Shot& shot, std::uint32_t seed, int width, int height,
                             int canvas_width, int canvas_height);

}  // namespace understudy::cinema
