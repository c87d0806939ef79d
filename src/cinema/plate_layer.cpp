#include "cinema/plate_layer.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {
namespace {

constexpr int kOne = 1 << 16;

// The walk of a canvas row through a layer, in 1/65536 of a layer sample.
struct Walk {
  std::int64_t u, v;  // at x = 0
  std::int64_t du, dv;
};

// `step`: 1 for luma, 2 for chroma planes.
Walk walk_of(const View& view, const media::Frame& canvas, int y, int step) {
  const double k = 1 / view.scale;
  const double c = std::cos(view.roll) * k, s = std::sin(view.roll) * k;
  const double cx = canvas.width / 2.0, cy = canvas.height / 2.0;
  const double py = (y + 0.5) * step - cy, px = 0.5 * step - cx;
  const double depth = std::max(0.0, static_cast<double>(y) * step / canvas.height - 0.45) / 0.55;
  const double u = view.x + view.ground * depth + c * px + s * py, v = view.y - s * px + c * py;
  return {static_cast<std::int64_t>((u / step - 0.5) * kOne),
          static_cast<std::int64_t>((v / step - 0.5) * kOne), static_cast<std::int64_t>(c * kOne),
          static_cast<std::int64_t>(-s * kOne)};
}

inline int bilinear(const std::uint8_t* plane, int width, int x, int y, int fx, int fy) {
  const std::uint8_t* p = plane + static_cast<std::ptrdiff_t>(y) * width + x;
  const int top = p[0] * (256 - fx) + p[1] * fx, bottom = p[width] * (256 - fx) + p[width + 1] * fx;
  return (top * (256 - fy) + bottom * fy + 32768) >> 16;
}

inline int sampled(const std::uint8_t* plane, int width, int height, std::int64_t u,
                   std::int64_t v) {
  const std::int64_t cu =
      std::clamp<std::int64_t>(u, 0, (static_cast<std::int64_t>(width) - 1) * kOne - 1);
  const std::int64_t cv =
      std::clamp<std::int64_t>(v, 0, (static_cast<std::int64_t>(height) - 1) * kOne - 1);
  return bilinear(plane, width, static_cast<int>(cu >> 16), static_cast<int>(cv >> 16),
                  static_cast<int>(cu >> 8 & 255), static_cast<int>(cv >> 8 & 255));
}

void draw_plane(const std::uint8_t* layer, int layer_width, int layer_height, const View& view,
                int step, const media::Frame& canvas, std::vector<std::uint8_t>& out) {
  const int width = canvas.width / step, height = canvas.height / step;
  for (int y = 0; y < height; ++y) {
    Walk at = walk_of(view, canvas, y, step);
    std::uint8_t* row = &out[static_cast<std::size_t>(y) * static_cast<std::size_t>(width)];
    for (int x = 0; x < width; ++x, at.u += at.du, at.v += at.dv)
      row[x] = static_cast<std::uint8_t>(sampled(layer, layer_width, layer_height, at.u, at.v));
  }
}

// The part of a row in which the walk is inside of the layer.
std::pair<int, int> inside_of(const Walk& at, int width, std::int64_t layer_width,
                              std::int64_t layer_height) {
  int from = 0, to = width;
  const auto cut = [&](std::int64_t start, std::int64_t step, std::int64_t size) {
    const std::int64_t low = 0, high = (size - 1) * kOne - 1;
    if (step == 0) {
      if (start < low || start > high) to = from;
      return;
    }
    const double a = static_cast<double>(low - start) / static_cast<double>(step),
                 b = static_cast<double>(high - start) / static_cast<double>(step);
    from = std::max(from, static_cast<int>(std::ceil(std::clamp(std::min(a, b), -1.0, 1e6))));
    to = std::min(to, static_cast<int>(std::floor(std::clamp(std::max(a, b), -1.0, 1e6))) + 1);
  };
  cut(at.u, at.du, layer_width);
  cut(at.v, at.dv, layer_height);
  return {from, to};
}

void box_rows(const std::vector<std::uint8_t>& from, int width, int height, int radius,
              std::vector<std::uint8_t>& to) {
  const int window = 2 * radius + 1;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* in = &from[static_cast<std::size_t>(y) * static_cast<std::size_t>(width)];
    int sum = 0;
    for (int x = -radius; x <= radius; ++x) sum += in[std::clamp(x, 0, width - 1)];
    for (int x = 0; x < width; ++x) {
      // Turned over: the second pass then runs along the columns, and turns it back.
      to[static_cast<std::size_t>(x) * static_cast<std::size_t>(height) +
         static_cast<std::size_t>(y)] = static_cast<std::uint8_t>((sum + window / 2) / window);
      sum += in[std::min(x + radius + 1, width - 1)] - in[std::max(x - radius, 0)];
    }
  }
}

void blur_plane(std::vector<std::uint8_t>& plane, int width, int height, int radius) {
  if (radius < 1 || plane.empty()) return;
  std::vector<std::uint8_t> turned(plane.size());
  for (int pass = 0; pass < 3; ++pass) {
    box_rows(plane, width, height, radius, turned);
    box_rows(turned, height, width, radius, plane);
  }
}

}  // namespace

void draw_backdrop(const media::Frame& layer, const View& view, media::Frame& canvas) {
  draw_plane(layer.y.data(), layer.width, layer.height, view, 1, canvas, canvas.y);
  draw_plane(layer.u.data(), layer.width / 2, layer.height / 2, view, 2, canvas, canvas.u);
  draw_plane(layer.v.data(), layer.width / 2, layer.height / 2, view, 2, canvas, canvas.v);
}

void draw_over(const media::Frame& layer, const View& view, double opacity, media::Frame& canvas,
               media::Frame* coverage) {
  const int share = static_cast<int>(std::lround(std::clamp(opacity, 0.0, 1.0) * 256));
  for (int y = 0; y < canvas.height; ++y) {
    const Walk at = walk_of(view, canvas, y, 1);
    const auto [from, to] = inside_of(at, canvas.width, layer.width, layer.height);
    std::uint8_t* row =
        &canvas.y[static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width)];
    for (int x = from; x < to; ++x) {
      const std::int64_t u = at.u + at.du * x, v = at.v + at.dv * x;
      const int alpha = sampled(layer.alpha.data(), layer.width, layer.height, u, v) * share >> 8;
      if (alpha == 0) continue;
      if (coverage != nullptr) {
        std::uint8_t& seen =
            coverage->alpha[static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width) +
                            static_cast<std::size_t>(x)];
        seen = std::max(seen, static_cast<std::uint8_t>(alpha));
      }
      const int value = sampled(layer.y.data(), layer.width, layer.height, u, v);
      row[x] = static_cast<std::uint8_t>((value * alpha + row[x] * (255 - alpha) + 127) / 255);
    }
  }
  for (int y = 0; y < canvas.height / 2; ++y) {
    const Walk at = walk_of(view, canvas, y, 2);
    const auto [from, to] = inside_of(at, canvas.width / 2, layer.width / 2, layer.height / 2);
    const std::size_t start =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width / 2);
    for (int x = from; x < to; ++x) {
      const std::int64_t u = at.u + at.du * x, v = at.v + at.dv * x;
      const int alpha = sampled(layer.alpha.data(), layer.width, layer.height, 2 * u + kOne / 2,
                                2 * v + kOne / 2) *
                            share >>
                        8;
      if (alpha == 0) continue;
      for (const auto& [source, plane] :
           {std::pair{&layer.u, &canvas.u}, std::pair{&layer.v, &canvas.v}}) {
        std::uint8_t& p = (*plane)[start + static_cast<std::size_t>(x)];
        const int value = sampled(source->data(), layer.width / 2, layer.height / 2, u, v);
        p = static_cast<std::uint8_t>((value * alpha + p * (255 - alpha) + 127) / 255);
      }
    }
  }
}

SmallMask small_mask(int canvas_width, int canvas_height) {
  SmallMask mask{(canvas_width + 7) / 8, (canvas_height + 7) / 8, {}};
  mask.data.resize(static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height));
  return mask;
}

void add_alpha(const media::Frame& layer, const View& view, SmallMask& mask) {
  media::Frame canvas;
  canvas.width = mask.width * 8;
  canvas.height = mask.height * 8;
  for (int y = 0; y < mask.height; ++y) {
    const Walk at = walk_of(view, canvas, y * 8 + 4, 1);
    const auto [from, to] = inside_of(at, canvas.width, layer.width, layer.height);
    for (int x = 0; x < mask.width; ++x) {
      const int px = x * 8 + 4;
      if (px < from || px >= to) continue;
      float& value = mask.data[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) +
                               static_cast<std::size_t>(x)];
      const int alpha = sampled(layer.alpha.data(), layer.width, layer.height, at.u + at.du * px,
                                at.v + at.dv * px);
      value = std::max(value, static_cast<float>(alpha) / 255.0F);
    }
  }
}

void blur(SmallMask& mask, int radius) {
  std::vector<float> other(mask.data.size());
  const auto pass = [&](const std::vector<float>& from, std::vector<float>& to, int count,
                        int length, int stride, int step) {
    for (int i = 0; i < count; ++i) {
      const float* in = from.data() + static_cast<std::ptrdiff_t>(i) * step;
      float* out = to.data() + static_cast<std::ptrdiff_t>(i) * step;
      float sum = 0;
      for (int k = -radius; k <= radius; ++k)
        sum += in[static_cast<std::ptrdiff_t>(std::clamp(k, 0, length - 1)) * stride];
      for (int k = 0; k < length; ++k) {
        out[static_cast<std::ptrdiff_t>(k) * stride] = sum / static_cast<float>(2 * radius + 1);
        sum += in[static_cast<std::ptrdiff_t>(std::min(k + radius + 1, length - 1)) * stride] -
               in[static_cast<std::ptrdiff_t>(std::max(k - radius, 0)) * stride];
      }
    }
  };
  for (int round = 0; round < 2; ++round) {
    pass(mask.data, other, mask.height, mask.width, 1, mask.width);
    pass(other, mask.data, mask.width, mask.height, mask.width, 1);
  }
}

float sample(const SmallMask& mask, float x, float y) {
  x = std::clamp(x, 0.0F, static_cast<float>(mask.width) - 1.001F);
  y = std::clamp(y, 0.0F, static_cast<float>(mask.height) - 1.001F);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float fx = x - static_cast<float>(ix), fy = y - static_cast<float>(iy);
  const float* p = &mask.data[static_cast<std::size_t>(iy) * static_cast<std::size_t>(mask.width) +
                              static_cast<std::size_t>(ix)];
  const float top = p[0] + (p[1] - p[0]) * fx,
              bottom = p[mask.width] + (p[mask.width + 1] - p[mask.width]) * fx;
  return top + (bottom - top) * fy;
}

void blur(media::Frame& frame, double radius) {
  // Three boxes of radius r spread like a Gaussian of sigma r.
  const int r = static_cast<int>(std::lround(radius));
  blur_plane(frame.y, frame.width, frame.height, r);
  blur_plane(frame.alpha, frame.width, frame.height, r);
  blur_plane(frame.u, frame.width / 2, frame.height / 2, (r + 1) / 2);
  blur_plane(frame.v, frame.width / 2, frame.height / 2, (r + 1) / 2);
}

void mix(const media::Frame& other, double share, media::Frame& canvas) {
  const int a = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 256));
  for (const auto plane : {&media::Frame::y, &media::Frame::u, &media::Frame::v}) {
    const auto& from = other.*plane;
    auto& to = canvas.*plane;
    for (std::size_t i = 0; i < to.size(); ++i)
      to[i] = static_cast<std::uint8_t>((from[i] * a + to[i] * (256 - a) + 128) >> 8);
  }
}

}  // namespace understudy::cinema
