// Pixels as browsers and compositors keep them, B G R A in memory, to the frames of video codecs.
// Opaque: alpha is ignored. BT.709, limited range; chroma is the mean of 2 x 2 pixels. AVX2, SSE2
// or plain code, chosen by the machine; all give the same bytes. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "media/frame.h"

namespace understudy::media {

// `pixels`: width x height of the frame, rows packed, 0xAARRGGBB in the machine's (little-endian)
// order. The frame's alpha plane, when it has one, becomes opaque.
void write_bgra(std::span<const std::uint32_t> pixels, Frame& frame);

// Only the rows [first, end), both even; the frame has no alpha plane.
void write_bgra_rows(std::span<const std::uint32_t> pixels, int first, int end, Frame& frame);

enum class VectorUnit { none, sse2, avx2 };
VectorUnit vector_unit();  // of this machine

// For tests: one row of luma, and one of chroma from two of pixels. `count`: pixels of a row, even.
void write_luma_row(VectorUnit unit, const std::uint32_t* from, std::uint8_t* to,
                    std::size_t count);
void write_chroma_row(VectorUnit unit, const std::uint32_t* upper, const std::uint32_t* lower,
                      std::uint8_t* u, std::uint8_t* v, std::size_t count);

}  // namespace understudy::media
