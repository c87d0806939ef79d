#include "media/bgra.h"

#include <algorithm>
#include <cassert>

namespace understudy::media {
namespace {

// ITU-R BT.709: Y = 0.2126 R + 0.7152 G + 0.0722 B, in 16-bit fixed point, scaled to 16..235; the
// chroma weights are those of (B - Y) / 1.8556 and (R - Y) / 1.5748, scaled to 16..240, over the
// sum of four pixels. Whole words, so that the compiler makes vectors of them: each function is
// compiled twice and the machine's form is chosen at start.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define UNDERSTUDY_VECTOR_CLONES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define UNDERSTUDY_VECTOR_CLONES
#endif

UNDERSTUDY_VECTOR_CLONES
void write_luma(const std::uint32_t* __restrict from, std::uint8_t* __restrict to,
                std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t pixel = from[i];
    const std::uint32_t blue = pixel & 0xFF;
    const std::uint32_t green = (pixel >> 8) & 0xFF;
    const std::uint32_t red = (pixel >> 16) & 0xFF;
    to[i] = static_cast<std::uint8_t>(
        (11966 * red + 40254 * green + 4064 * blue + (16U << 16) + 32768) >> 16);
  }
}

UNDERSTUDY_VECTOR_CLONES
void write_chroma(const std::uint32_t* __restrict upper, const std::uint32_t* __restrict lower,
                  std::uint8_t* __restrict u, std::uint8_t* __restrict v, std::size_t count) {
  constexpr std::uint32_t kOuter = 0x00FF00FF;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t a = upper[2 * i];
    const std::uint32_t b = upper[2 * i + 1];
    const std::uint32_t c = lower[2 * i];
    const std::uint32_t d = lower[2 * i + 1];
    const std::uint32_t outer = (a & kOuter) + (b & kOuter) + (c & kOuter) + (d & kOuter);
    const auto green = static_cast<std::int32_t>(((a >> 8) & 0xFF) + ((b >> 8) & 0xFF) +
                                                 ((c >> 8) & 0xFF) + ((d >> 8) & 0xFF));
    const auto blue = static_cast<std::int32_t>(outer & 0xFFFF);
    const auto red = static_cast<std::int32_t>(outer >> 16);
    constexpr std::int32_t kMiddle = (128 << 18) + 131072;
    u[i] = static_cast<std::uint8_t>((-6596 * red - 22189 * green + 28784 * blue + kMiddle) >> 18);
    v[i] = static_cast<std::uint8_t>((28784 * red - 26145 * green - 2639 * blue + kMiddle) >> 18);
  }
}

}  // namespace

void write_bgra(std::span<const std::uint32_t> pixels, Frame& frame) {
  const auto width = static_cast<std::size_t>(frame.width);
  const auto height = static_cast<std::size_t>(frame.height);
  assert(pixels.size() == width * height);
  write_luma(pixels.data(), frame.y.data(), width * height);
  for (std::size_t row = 0; row < height / 2; ++row) {
    const std::uint32_t* upper = pixels.data() + 2 * row * width;
    write_chroma(upper, upper + width, frame.u.data() + row * (width / 2),
                 frame.v.data() + row * (width / 2), width / 2);
  }
  std::fill(frame.alpha.begin(), frame.alpha.end(), std::uint8_t{255});
}

}  // namespace understudy::media
