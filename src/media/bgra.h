// Pixels as browsers and compositors keep them, B G R A in memory, to the frames of video codecs.
// Opaque: alpha is ignored. BT.709, limited range; chroma is the mean of 2 x 2 pixels. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "media/frame.h"

namespace understudy::media {

// `pixels`: width x height of the frame, rows packed, 0xAARRGGBB in the machine's (little-endian)
// order. The frame's alpha plane, when it has one, becomes opaque.
void write_bgra(std::span<const std::uint32_t> pixels, Frame& frame);

}  // namespace understudy::media
