#include "cinema/plate_layer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace understudy::cinema {
namespace {

constexpr int kOne = 1 << 16;

// The walk of a canvas row through a layer, in 1/65536 of a layer sample. A row of the canvas lies
// on one row of the layer: nothing is turned.
struct Walk {
  std::int32_t u;  // at x = 0
  std::int32_t du;
  std::int32_t v;
};

// `step`: 1 for luma, 2 for chroma planes.
Walk walk_of(const View& view, int canvas_width, int canvas_height, int y, int step) {
  const double k = 1 / view.scale;
  const double px = 0.5 * step - canvas_width / 2.0, py = (y + 0.5) * step - canvas_height / 2.0;
  const double depth = std::max(0.0, static_cast<double>(y) * step / canvas_height - 0.45) / 0.55;
  const double u = view.x + view.ground * depth + k * px, v = view.y + k * py;
  const auto fixed = [](double value) {
    return static_cast<std::int32_t>(std::clamp(value, -30000.0, 30000.0) * kOne);
  };
  return {fixed(u / step - 0.5), fixed(k), fixed(v / step - 0.5)};
}

// The part of a row in which the walk is inside of the layer: from, to.
std::pair<int, int> inside_of(const Walk& at, int width, int layer_width) {
  const auto first_at = [&](std::int64_t place) {  // the first x with u >= place
    const std::int64_t way = place - at.u;
    return static_cast<int>(std::clamp<std::int64_t>((way + at.du - 1) / at.du, 0, width));
  };
  const int from = at.u >= 0 ? 0 : first_at(0);
  const std::int64_t end = (static_cast<std::int64_t>(layer_width) - 1) * kOne;
  return {from, end <= at.u ? from : std::max(from, first_at(end))};
}

// A layer's row at a height between two of its rows, times 256; read along it afterwards.
class BlendedRow {
 public:
  // Of columns `from` up to and with `to` of the two rows that `v` lies between.
  void set(const std::uint8_t* plane, int width, int height, std::int32_t v, int from, int to) {
    const std::int32_t held = std::clamp(v, 0, (height - 1) * kOne - 1);
    const std::uint8_t* a = plane + static_cast<std::ptrdiff_t>(held >> 16) * width;
    const std::uint8_t* b = a + width;
    const auto fy = static_cast<std::uint16_t>(held >> 8 & 255);
    const auto rest = static_cast<std::uint16_t>(256 - fy);
    const auto size = static_cast<std::size_t>(width);
    if (data_.size() < size) data_.resize(size);
    std::uint16_t* out = data_.data();
    for (int x = from; x <= to; ++x) out[x] = static_cast<std::uint16_t>(a[x] * rest + b[x] * fy);
  }
  int at(std::int32_t u) const {
    const std::uint16_t* p = data_.data() + (u >> 16);
    const int fx = u >> 8 & 255;
    return (p[0] * (256 - fx) + p[1] * fx + 32768) >> 16;
  }
  bool is_empty(int from, int to) const {
    std::uint16_t any = 0;
    for (int x = from; x <= to; ++x)
      any = static_cast<std::uint16_t>(any | data_[static_cast<std::size_t>(x)]);
    return any == 0;
  }

 private:
  std::vector<std::uint16_t> data_;
};

void draw_plane(const std::uint8_t* layer, int layer_width, int layer_height, const View& view,
                int step, const media::Frame& canvas, std::vector<std::uint8_t>& out) {
  const int width = canvas.width / step, height = canvas.height / step;
  BlendedRow blended;
  for (int y = 0; y < height; ++y) {
    const Walk at = walk_of(view, canvas.width, canvas.height, y, step);
    std::uint8_t* row = &out[static_cast<std::size_t>(y) * static_cast<std::size_t>(width)];
    blended.set(layer, layer_width, layer_height, at.v, 0, layer_width - 1);
    const auto [from, to] = inside_of(at, width, layer_width);
    std::int32_t u = at.u + at.du * from;
    for (int x = from; x < to; ++x, u += at.du) row[x] = static_cast<std::uint8_t>(blended.at(u));
    std::fill(row, row + from, static_cast<std::uint8_t>(blended.at(0)));
    std::fill(row + to, row + width,
              static_cast<std::uint8_t>(blended.at((layer_width - 1) * kOne - 1)));
  }
}

std::uint8_t composed(int value, int under, int alpha) {
  const int sum = value * alpha + under * (255 - alpha) + 128;
  return static_cast<std::uint8_t>((sum + (sum >> 8)) >> 8);
}

// Rows are drawn in pieces: pieces in which nothing is seen are left after a glance.
constexpr int kPiece = 64;

struct Planes {
  const std::uint8_t* layer;
  std::uint8_t* canvas;
};

bool is_inside(std::int32_t v, int layer_height) { return v >= 0 && v < (layer_height - 1) * kOne; }

class OverDrawing {
 public:
  OverDrawing(const media::Frame& layer, const View& view, media::Frame& canvas,
              media::Frame* coverage)
      : layer_(layer), view_(view), canvas_(canvas), coverage_(coverage) {}

  void luma_row(int y) {
    const Walk at = walk_of(view_, canvas_.width, canvas_.height, y, 1);
    if (!is_inside(at.v, layer_.height)) return;
    const auto [begin, end] = inside_of(at, canvas_.width, layer_.width);
    const auto start = static_cast<std::ptrdiff_t>(y) * canvas_.width;
    std::uint8_t* row = canvas_.y.data() + start;
    std::uint8_t* seen = coverage_ == nullptr ? nullptr : coverage_->alpha.data() + start;
    for (int from = begin; from < end; from += kPiece) {
      const int to = std::min(end, from + kPiece);
      const int first = (at.u + at.du * from) >> 16, last = ((at.u + at.du * (to - 1)) >> 16) + 1;
      alpha_.set(layer_.alpha.data(), layer_.width, layer_.height, at.v, first, last);
      if (alpha_.is_empty(first, last)) continue;
      value_.set(layer_.y.data(), layer_.width, layer_.height, at.v, first, last);
      std::int32_t u = at.u + at.du * from;
      for (int x = from; x < to; ++x, u += at.du) {
        const int alpha = alpha_.at(u);
        if (seen != nullptr) seen[x] = std::max(seen[x], static_cast<std::uint8_t>(alpha));
        row[x] = composed(value_.at(u), row[x], alpha);
      }
    }
  }

  void chroma_row(int y) {
    const Walk at = walk_of(view_, canvas_.width, canvas_.height, y, 2);
    const std::int32_t alpha_v = 2 * at.v + kOne / 2;
    const int width = layer_.width / 2, height = layer_.height / 2;
    if (!is_inside(at.v, height)) return;
    const auto [begin, end] = inside_of(at, canvas_.width / 2, width);
    const auto start = static_cast<std::ptrdiff_t>(y) * (canvas_.width / 2);
    std::uint8_t *row_u = canvas_.u.data() + start, *row_v = canvas_.v.data() + start;
    for (int from = begin; from < end; from += kPiece) {
      const int to = std::min(end, from + kPiece);
      const std::int32_t u0 = at.u + at.du * from, u1 = at.u + at.du * (to - 1);
      const int first = (2 * u0 + kOne / 2) >> 16, last = ((2 * u1 + kOne / 2) >> 16) + 1;
      alpha_.set(layer_.alpha.data(), layer_.width, layer_.height, alpha_v, first, last);
      if (alpha_.is_empty(first, last)) continue;
      value_.set(layer_.u.data(), width, height, at.v, u0 >> 16, (u1 >> 16) + 1);
      other_.set(layer_.v.data(), width, height, at.v, u0 >> 16, (u1 >> 16) + 1);
      std::int32_t u = u0;
      for (int x = from; x < to; ++x, u += at.du) {
        const int alpha = alpha_.at(2 * u + kOne / 2);
        row_u[x] = composed(value_.at(u), row_u[x], alpha);
        row_v[x] = composed(other_.at(u), row_v[x], alpha);
      }
    }
  }

 private:
  const media::Frame& layer_;
  const View& view_;
  media::Frame& canvas_;
  media::Frame* coverage_;
  BlendedRow alpha_, value_, other_;
};

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

void draw_over(const media::Frame& layer, const View& view, media::Frame& canvas,
               media::Frame* coverage) {
  if (layer.width < 8 || layer.height < 8) return;
  OverDrawing drawing(layer, view, canvas, coverage);
  for (int y = 0; y < canvas.height; ++y) drawing.luma_row(y);
  for (int y = 0; y < canvas.height / 2; ++y) drawing.chroma_row(y);
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
