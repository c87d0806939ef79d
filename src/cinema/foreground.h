// What stands out of focus between the camera and the people: leaves, grass, lights, the edge of a
// piece of furniture. It moves furthest, and gives a move its depth. Private to this folder.
#pragma once

#include <string_view>

#include "cinema/direction.h"
#include "media/frame.h"

namespace understudy::cinema {

// A picture with alpha, 1.5 times the canvas in both directions, blurred; drawn for the setting.
media::Frame draw_foreground(const Shot& shot, std::uint32_t seed, int width, int height);

}  // namespace understudy::cinema
