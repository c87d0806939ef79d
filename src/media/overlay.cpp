#include "media/overlay.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "media/image.h"

namespace understudy::media {
namespace {

// a * b / 255, rounded, for 0..255.
std::uint32_t scaled(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}

std::uint8_t byte(std::uint32_t value) { return static_cast<std::uint8_t>(std::min(value, 255U)); }

// The part of the picture on the canvas, grown to even borders with transparent pixels.
Image clipped(const Image& image, int x, int y, const Rectangle& area) {
  Image out{area.width, area.height, {}};
  out.rgba.resize(static_cast<std::size_t>(area.width) * area.height * 4);
  for (int row = 0; row < area.height; ++row) {
    const int source_row = area.y + row - y;
    if (source_row < 0 || source_row >= image.height) continue;
    for (int column = 0; column < area.width; ++column) {
      const int source_column = area.x + column - x;
      if (source_column < 0 || source_column >= image.width) continue;
      std::memcpy(
          &out.rgba[(static_cast<std::size_t>(row) * area.width + column) * 4],
          &image.rgba[(static_cast<std::size_t>(source_row) * image.width + source_column) * 4], 4);
    }
  }
  return out;
}

// One plane's rows: to = from + to * (255 - coverage) / 255.
void blend_plane(std::uint8_t* to, int stride, const std::uint8_t* from,
                 const std::uint8_t* coverage, int width, int height) {
  for (int row = 0; row < height; ++row) {
    for (int i = 0; i < width; ++i) {
      to[i] = byte(from[i] + scaled(to[i], 255U - coverage[i]));
    }
    to += stride;
    from += width;
    coverage += width;
  }
}

void copy_plane(const std::vector<std::uint8_t>& from, std::vector<std::uint8_t>& to, int stride,
                const Rectangle& area) {
  for (int row = area.y; row < area.y + area.height; ++row) {
    const auto at = static_cast<std::size_t>(row) * stride + area.x;
    std::memcpy(&to[at], &from[at], static_cast<std::size_t>(area.width));
  }
}

}  // namespace

Overlay make_overlay(const Image& image, int x, int y, int canvas_width, int canvas_height,
                     double opacity) {
  Overlay overlay;
  const int left = std::clamp(x, 0, canvas_width) & ~1;
  const int top = std::clamp(y, 0, canvas_height) & ~1;
  const int right = (std::clamp(x + image.width, 0, canvas_width) + 1) & ~1;
  const int bottom = (std::clamp(y + image.height, 0, canvas_height) + 1) & ~1;
  overlay.area = {left, top, right - left, bottom - top};
  if (right <= left || bottom <= top) {
    overlay.area = {};
    return overlay;
  }
  const Image picture = clipped(image, x, y, overlay.area);
  const auto weight = static_cast<std::uint32_t>(std::lround(std::clamp(opacity, 0.0, 1.0) * 255));
  // The colour planes are made without regard to coverage, then multiplied by it: chroma samples
  // take the mean coverage of their four pixels.
  const Frame colours = to_frame(picture);
  const int width = overlay.area.width;
  assert(width >= 2);
  overlay.y.resize(colours.y.size());
  overlay.alpha.resize(colours.y.size());
  for (std::size_t i = 0; i < colours.y.size(); ++i) {
    overlay.alpha[i] = byte(scaled(picture.rgba[i * 4 + 3], weight));
    overlay.y[i] = byte(scaled(colours.y[i], overlay.alpha[i]));
  }
  overlay.u.resize(colours.u.size());
  overlay.v.resize(colours.u.size());
  overlay.alpha_quarter.resize(colours.u.size());
  for (std::size_t i = 0; i < colours.u.size(); ++i) {
    const auto at = i / (width / 2) * 2 * width + i % (width / 2) * 2;
    const std::uint32_t sum = overlay.alpha[at] + overlay.alpha[at + 1] +
                              overlay.alpha[at + width] + overlay.alpha[at + width + 1];
    const std::uint32_t coverage = (sum + 2) / 4;
    overlay.alpha_quarter[i] = byte(coverage);
    overlay.u[i] = byte(scaled(colours.u[i], coverage));
    overlay.v[i] = byte(scaled(colours.v[i], coverage));
  }
  return overlay;
}

Overlay make_watermark(const Image& image, int canvas_width, int canvas_height,
                       const WatermarkStyle& style) {
  const double wanted = std::max(canvas_width, canvas_height) * style.share;
  const double ratio = wanted / std::max(image.width, image.height);
  const int width = std::max(1, static_cast<int>(std::lround(image.width * ratio)));
  const int height = std::max(1, static_cast<int>(std::lround(image.height * ratio)));
  const int margin = static_cast<int>(std::lround(std::min(canvas_width, canvas_height) * 0.03));
  const int right = canvas_width - width - margin;
  const int bottom = canvas_height - height - margin;
  int x = margin;
  int y = margin;
  switch (style.corner) {
    case Corner::top_left: break;
    case Corner::top_right: x = right; break;
    case Corner::bottom_left: y = bottom; break;
    case Corner::bottom_right:
      x = right;
      y = bottom;
      break;
    case Corner::centre:
      x = (canvas_width - width) / 2;
      y = (canvas_height - height) / 2;
      break;
  }
  return make_overlay(scale(image, width, height), x, y, canvas_width, canvas_height,
                      style.opacity);
}

void blend(Frame& frame, const Overlay& overlay) {
  if (overlay.is_empty()) return;
  const Rectangle& area = overlay.area;
  assert(area.x + area.width <= frame.width && area.y + area.height <= frame.height);
  const auto full = static_cast<std::size_t>(area.y) * frame.width + area.x;
  const int half = frame.width / 2;
  const auto quarter = static_cast<std::size_t>(area.y / 2) * half + area.x / 2;
  blend_plane(&frame.y[full], frame.width, overlay.y.data(), overlay.alpha.data(), area.width,
              area.height);
  blend_plane(&frame.u[quarter], half, overlay.u.data(), overlay.alpha_quarter.data(),
              area.width / 2, area.height / 2);
  blend_plane(&frame.v[quarter], half, overlay.v.data(), overlay.alpha_quarter.data(),
              area.width / 2, area.height / 2);
  if (frame.alpha.empty()) return;
  blend_plane(&frame.alpha[full], frame.width, overlay.alpha.data(), overlay.alpha.data(),
              area.width, area.height);
}

Rectangle united(const Rectangle& a, const Rectangle& b) {
  if (a.width == 0 || a.height == 0) return b;
  if (b.width == 0 || b.height == 0) return a;
  const int left = std::min(a.x, b.x);
  const int top = std::min(a.y, b.y);
  return {left, top, std::max(a.x + a.width, b.x + b.width) - left,
          std::max(a.y + a.height, b.y + b.height) - top};
}

Rectangle whole(const Frame& frame) { return {0, 0, frame.width, frame.height}; }

void copy_area(const Frame& from, Frame& to, const Rectangle& area) {
  if (area.width == 0 || area.height == 0) return;
  assert(from.width == to.width && from.height == to.height);
  assert(area.x % 2 == 0 && area.y % 2 == 0 && area.width % 2 == 0 && area.height % 2 == 0);
  assert(area.x >= 0 && area.y >= 0 && area.x + area.width <= to.width &&
         area.y + area.height <= to.height);
  const Rectangle quarter{area.x / 2, area.y / 2, area.width / 2, area.height / 2};
  copy_plane(from.y, to.y, from.width, area);
  copy_plane(from.u, to.u, from.width / 2, quarter);
  copy_plane(from.v, to.v, from.width / 2, quarter);
  if (!to.alpha.empty()) copy_plane(from.alpha, to.alpha, from.width, area);
  if (from.rgba.empty()) return;
  if (to.rgba.size() != from.rgba.size()) {
    to.rgba = from.rgba;
  } else {
    copy_plane(from.rgba, to.rgba, from.width * 4,
               {area.x * 4, area.y, area.width * 4, area.height});
  }
}

}  // namespace understudy::media
