#include "avatar/picture_blend.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

// The compiler makes these loops twice and the program takes the faster one that the machine knows.
// Not under a sanitizer, which the choosing (an ifunc) would run before.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define UNDERSTUDY_VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define UNDERSTUDY_VECTORISED
#endif

namespace understudy::avatar {
namespace {

// BT.709, limited range, in 1/65536: Y = 16 + kYr R + kYg G + kYb B, and so on.
constexpr int kYr = 11966, kYg = 40254, kYb = 4064;
constexpr int kUr = -6596, kUg = -22189, kUb = 28785;
constexpr int kVr = 28785, kVg = -26145, kVb = -2640;

inline int red(std::uint32_t p) { return static_cast<int>(p >> 16 & 255); }
inline int green(std::uint32_t p) { return static_cast<int>(p >> 8 & 255); }
inline int blue(std::uint32_t p) { return static_cast<int>(p & 255); }
inline int opacity(std::uint32_t p) { return static_cast<int>(p >> 24); }

inline const std::uint32_t* row_of(cairo_surface_t* surface, int y) {
  return reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(surface) +
                                                static_cast<std::ptrdiff_t>(y) *
                                                    cairo_image_surface_get_stride(surface));
}

// Luma without the offset of a premultiplied pixel, in 1/65536.
inline int luma(std::uint32_t p) { return kYr * red(p) + kYg * green(p) + kYb * blue(p); }

UNDERSTUDY_VECTORISED void blend_luma_row(const std::uint32_t* figure, const std::uint8_t* under,
                                          std::uint8_t* out, int count) {
  for (int x = 0; x < count; ++x) {
    const std::uint32_t p = figure[x];
    const int alpha = opacity(p);
    // The background and the offset 16 share what the figure leaves and takes.
    const int share = under[x] * (255 - alpha) + 16 * alpha;  // at most 240 * 255
    out[x] = static_cast<std::uint8_t>((luma(p) + share * 257 + 32768) >> 16);
  }
}

UNDERSTUDY_VECTORISED void blend_chroma_row(const std::uint32_t* top, const std::uint32_t* bottom,
                                            const std::uint8_t* under_u,
                                            const std::uint8_t* under_v, std::uint8_t* out_u,
                                            std::uint8_t* out_v, int count) {
  for (int x = 0; x < count; ++x) {
    const std::uint32_t a = top[2 * x], b = top[2 * x + 1], c = bottom[2 * x],
                        d = bottom[2 * x + 1];
    const int alpha = opacity(a) + opacity(b) + opacity(c) + opacity(d);  // 0..1020
    const int r = red(a) + red(b) + red(c) + red(d), g = green(a) + green(b) + green(c) + green(d);
    const int k = blue(a) + blue(b) + blue(c) + blue(d);
    const int left = 1020 - alpha;
    // 65536 / 1020 = 64.25: shares of the background and of the neutral 128, in 1/65536.
    const int share_u = ((under_u[x] * left + 128 * alpha) * 257 + 2) >> 2;
    const int share_v = ((under_v[x] * left + 128 * alpha) * 257 + 2) >> 2;
    const int u = (kUr * r + kUg * g + kUb * k) >> 2, v = (kVr * r + kVg * g + kVb * k) >> 2;
    out_u[x] = static_cast<std::uint8_t>((share_u + u + 32768) >> 16);
    out_v[x] = static_cast<std::uint8_t>((share_v + v + 32768) >> 16);
  }
}

}  // namespace

media::Frame blank_frame(int width, int height, bool has_alpha) {
  media::Frame frame;
  frame.width = width;
  frame.height = height;
  const auto luma_size = static_cast<std::size_t>(width) * height;
  frame.y.assign(luma_size, 16);
  frame.u.assign(luma_size / 4, 128);
  frame.v.assign(luma_size / 4, 128);
  if (has_alpha) frame.alpha.assign(luma_size, 0);
  return frame;
}

void to_frame(cairo_surface_t* picture, media::Frame& out) {
  const int width = cairo_image_surface_get_width(picture),
            height = cairo_image_surface_get_height(picture);
  out = blank_frame(width, height, false);
  const media::Frame under = out;
  blend_over(picture, under, {0, 0, width, height}, out);
}

void blend_over(cairo_surface_t* figure, const media::Frame& background,
                const media::Rectangle& box, media::Frame& out) {
  cairo_surface_flush(figure);
  const int width = out.width, half = width / 2;
  for (int y = box.y; y < box.y + box.height; ++y) {
    const std::size_t at = static_cast<std::size_t>(y) * width + box.x;
    blend_luma_row(row_of(figure, y) + box.x, background.y.data() + at, out.y.data() + at,
                   box.width);
  }
  for (int y = box.y / 2; y < (box.y + box.height) / 2; ++y) {
    const std::size_t at = static_cast<std::size_t>(y) * half + box.x / 2;
    blend_chroma_row(row_of(figure, 2 * y) + box.x, row_of(figure, 2 * y + 1) + box.x,
                     background.u.data() + at, background.v.data() + at, out.u.data() + at,
                     out.v.data() + at, box.width / 2);
  }
}

void cut_out(cairo_surface_t* figure, const media::Rectangle& box, media::Frame& out) {
  cairo_surface_flush(figure);
  const int width = out.width, half = width / 2;
  for (int y = box.y; y < box.y + box.height; ++y) {
    const std::uint32_t* row = row_of(figure, y);
    const std::size_t at = static_cast<std::size_t>(y) * width;
    for (int x = box.x; x < box.x + box.width; ++x) {
      const int alpha = opacity(row[x]);
      out.alpha[at + x] = static_cast<std::uint8_t>(alpha);
      const int full =
          alpha == 0 ? 0 : static_cast<int>(static_cast<std::int64_t>(luma(row[x])) * 255 / alpha);
      out.y[at + x] = static_cast<std::uint8_t>(16 + std::min((full + 32768) >> 16, 219));
    }
  }
  for (int y = box.y / 2; y < (box.y + box.height) / 2; ++y) {
    const std::uint32_t* top = row_of(figure, 2 * y);
    const std::uint32_t* bottom = row_of(figure, 2 * y + 1);
    const std::size_t at = static_cast<std::size_t>(y) * half;
    for (int x = box.x / 2; x < (box.x + box.width) / 2; ++x) {
      const std::uint32_t a = top[2 * x], b = top[2 * x + 1], c = bottom[2 * x],
                          d = bottom[2 * x + 1];
      const std::int64_t alpha = opacity(a) + opacity(b) + opacity(c) + opacity(d);
      if (alpha == 0) {
        out.u[at + x] = out.v[at + x] = 128;
        continue;
      }
      const std::int64_t r = red(a) + red(b) + red(c) + red(d);
      const std::int64_t g = green(a) + green(b) + green(c) + green(d);
      const std::int64_t k = blue(a) + blue(b) + blue(c) + blue(d);
      // Weighted by coverage: transparent neighbours lend no colour to an edge.
      const std::int64_t u = (kUr * r + kUg * g + kUb * k) * 255 / alpha;
      const std::int64_t v = (kVr * r + kVg * g + kVb * k) * 255 / alpha;
      out.u[at + x] =
          static_cast<std::uint8_t>(std::clamp<std::int64_t>(128 + ((u + 32768) >> 16), 16, 240));
      out.v[at + x] =
          static_cast<std::uint8_t>(std::clamp<std::int64_t>(128 + ((v + 32768) >> 16), 16, 240));
    }
  }
}

void copy_box(const media::Frame& from, const media::Rectangle& box, media::Frame& to) {
  const auto copy_plane = [&](const std::vector<std::uint8_t>& a, std::vector<std::uint8_t>& b,
                              int shift) {
    const int stride = from.width >> shift;
    for (int y = box.y >> shift; y < (box.y + box.height) >> shift; ++y) {
      const std::size_t at = static_cast<std::size_t>(y) * stride + (box.x >> shift);
      std::memcpy(b.data() + at, a.data() + at, static_cast<std::size_t>(box.width) >> shift);
    }
  };
  copy_plane(from.y, to.y, 0);
  copy_plane(from.u, to.u, 1);
  copy_plane(from.v, to.v, 1);
  if (!from.alpha.empty() && !to.alpha.empty()) copy_plane(from.alpha, to.alpha, 0);
}

}  // namespace understudy::avatar
