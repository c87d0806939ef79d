#include "avatar/mouth_blend.h"

#include <algorithm>
#include <cmath>

namespace understudy::avatar {
namespace {

using face::Point;

constexpr double kFade = 0.17;      // face units, from the rim inwards
constexpr int kCells = 14;          // a side of the grid of colour differences
constexpr int kDifferenceMax = 40;  // beyond, the rim shows two different things

double distance_to(Point p, Point a, Point b) {
  const Point edge = b - a;
  const double along =
      std::clamp(face::dot(p - a, edge) / std::max(1e-9, face::dot(edge, edge)), 0.0, 1.0);
  return face::length(p - (a + edge * along));
}

// Means of differences in cells of the area, spread to every cell.
class DifferenceField {
 public:
  DifferenceField(const media::Frame& layer, const Coverage& coverage, const media::Frame& canvas)
      : width_(coverage.area.width), height_(coverage.area.height) {
    gather(layer, coverage, canvas);
    spread();
  }

  // At the centre of a pixel of the area.
  void row(int y, std::vector<std::array<float, 3>>& out) const {
    const double gy = std::clamp((y + 0.5) * kCells / height_ - 0.5, 0.0, kCells - 1.001);
    const int r = static_cast<int>(gy);
    const auto fy = static_cast<float>(gy - r);
    out.resize(static_cast<std::size_t>(width_));
    for (int x = 0; x < width_; ++x) {
      const double gx = std::clamp((x + 0.5) * kCells / width_ - 0.5, 0.0, kCells - 1.001);
      const int c = static_cast<int>(gx);
      const auto fx = static_cast<float>(gx - c);
      for (std::size_t k = 0; k < 3; ++k) {
        const float top = at(r, c)[k] * (1 - fx) + at(r, c + 1)[k] * fx;
        const float bottom = at(r + 1, c)[k] * (1 - fx) + at(r + 1, c + 1)[k] * fx;
        out[static_cast<std::size_t>(x)][k] = top * (1 - fy) + bottom * fy;
      }
    }
  }

 private:
  const std::array<float, 3>& at(int r, int c) const {
    return cells_[static_cast<std::size_t>(r * kCells + c)];
  }

  void gather(const media::Frame& layer, const Coverage& coverage, const media::Frame& canvas) {
    const auto& area = coverage.area;
    for (int y = 0; y < height_; y += 2) {
      for (int x = 0; x < width_; x += 2) {
        const int share = coverage.share[static_cast<std::size_t>(y) * width_ + x];
        if (share == 0 || share > 150) continue;
        const auto from = static_cast<std::size_t>(y) * layer.width + x;
        const auto to = static_cast<std::size_t>(area.y + y) * canvas.width + area.x + x;
        const auto from_half = static_cast<std::size_t>(y / 2) * (layer.width / 2) + x / 2;
        const auto to_half =
            static_cast<std::size_t>((area.y + y) / 2) * (canvas.width / 2) + (area.x + x) / 2;
        const int dy = canvas.y[to] - layer.y[from];
        const int du = canvas.u[to_half] - layer.u[from_half];
        const int dv = canvas.v[to_half] - layer.v[from_half];
        if (std::abs(dy) > kDifferenceMax || std::abs(du) + std::abs(dv) > kDifferenceMax) continue;
        const auto cell =
            static_cast<std::size_t>(y * kCells / height_ * kCells + x * kCells / width_);
        sums_[cell][0] += static_cast<float>(dy);
        sums_[cell][1] += static_cast<float>(du);
        sums_[cell][2] += static_cast<float>(dv);
        weights_[cell] += 1;
      }
    }
  }

  void spread() {
    static const std::vector<float> kNear = [] {
      std::vector<float> near(kCells * kCells);
      for (int r = 0; r < kCells; ++r) {
        for (int c = 0; c < kCells; ++c)
          near[static_cast<std::size_t>(r * kCells + c)] =
              1.0F / std::pow(0.35F + static_cast<float>(r * r + c * c), 1.5F);
      }
      return near;
    }();
    for (int r = 0; r < kCells; ++r) {
      for (int c = 0; c < kCells; ++c) {
        std::array<float, 3> sum{};
        float total = 1e-3F;
        for (int q = 0; q < kCells; ++q) {
          for (int d = 0; d < kCells; ++d) {
            const auto cell = static_cast<std::size_t>(q * kCells + d);
            if (weights_[cell] == 0) continue;
            const float near =
                kNear[static_cast<std::size_t>(std::abs(q - r) * kCells + std::abs(d - c))];
            for (std::size_t k = 0; k < 3; ++k) sum[k] += near * sums_[cell][k];
            total += near * weights_[cell];
          }
        }
        for (float& value : sum) value /= total;
        cells_[static_cast<std::size_t>(r * kCells + c)] = sum;
      }
    }
  }

  int width_, height_;
  std::array<std::array<float, 3>, kCells * kCells> sums_{};
  std::array<float, kCells * kCells> weights_{};
  std::array<std::array<float, 3>, kCells * kCells> cells_{};
};

std::uint8_t mixed(int under, float over, int share, int low, int high) {
  const float value = static_cast<float>(under) +
                      (over - static_cast<float>(under)) * static_cast<float>(share) / 255.0F;
  return static_cast<std::uint8_t>(std::clamp(static_cast<int>(value + 0.5F), low, high));
}

}  // namespace

MouthMask::MouthMask(const face::FaceShape& shape) {
  const double nose = std::min(shape[33].y + 0.05, (shape[51].y + shape[33].y) / 2);
  const double chin = std::max(shape[face::kChin].y, shape[57].y + 0.3);
  const double left = shape[face::kLeftCorner].x, right = shape[face::kRightCorner].x;
  const double side = std::min(0.80, 0.5 * (right - left) + 0.36);
  const double middle = (left + right) / 2;
  const double mouth = (shape[face::kLeftCorner].y + shape[face::kRightCorner].y) / 2;
  outline_ = {{middle - 0.24, nose},
              {middle + 0.24, nose},
              {middle + 0.7 * side, nose + 0.10},
              {middle + side, mouth},
              {middle + side, (mouth + chin) / 2},
              {middle + 0.62 * side, chin + 0.16},
              {middle + 0.25, chin + 0.34},
              {middle - 0.25, chin + 0.34},
              {middle - 0.62 * side, chin + 0.16},
              {middle - side, (mouth + chin) / 2},
              {middle - side, mouth},
              {middle - 0.7 * side, nose + 0.10}};
}

double MouthMask::share(double x, double y) const {
  const Point p{x, y};
  bool is_inside = false;
  double nearest = 1e9;
  for (std::size_t i = 0; i < outline_.size(); ++i) {
    const Point a = outline_[i], b = outline_[(i + 1) % outline_.size()];
    nearest = std::min(nearest, distance_to(p, a, b));
    if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
      is_inside = !is_inside;
  }
  if (!is_inside) return 0;
  const double t = std::min(1.0, nearest / kFade);
  return t * t * (3 - 2 * t);
}

void blend_mouth(const media::Frame& layer, const Coverage& coverage, media::Frame& canvas) {
  const auto& area = coverage.area;
  const DifferenceField field(layer, coverage, canvas);
  std::vector<std::array<float, 3>> offsets;
  for (int y = 0; y < area.height; ++y) {
    field.row(y, offsets);
    const std::uint8_t* share = &coverage.share[static_cast<std::size_t>(y) * area.width];
    const std::uint8_t* from = &layer.y[static_cast<std::size_t>(y) * layer.width];
    std::uint8_t* to = &canvas.y[static_cast<std::size_t>(area.y + y) * canvas.width + area.x];
    for (int x = 0; x < area.width; ++x) {
      if (share[x] == 0) continue;
      to[x] = mixed(to[x], static_cast<float>(from[x]) + offsets[static_cast<std::size_t>(x)][0],
                    share[x], 16, 235);
    }
    if (y % 2 != 0) continue;
    const std::uint8_t* below = share + area.width;
    const auto from_half = static_cast<std::size_t>(y / 2) * (layer.width / 2);
    const auto to_half =
        static_cast<std::size_t>((area.y + y) / 2) * (canvas.width / 2) + area.x / 2;
    for (int x = 0; x < area.width / 2; ++x) {
      const int sum = share[2 * x] + share[2 * x + 1] + below[2 * x] + below[2 * x + 1];
      // A chroma sample belongs to four pixels: where one of them is the source's, it stays.
      const bool is_whole =
          share[2 * x] != 0 && share[2 * x + 1] != 0 && below[2 * x] != 0 && below[2 * x + 1] != 0;
      if (!is_whole) continue;
      const auto& offset = offsets[static_cast<std::size_t>(2 * x)];
      auto& u = canvas.u[to_half + static_cast<std::size_t>(x)];
      auto& v = canvas.v[to_half + static_cast<std::size_t>(x)];
      u = mixed(u, static_cast<float>(layer.u[from_half + static_cast<std::size_t>(x)]) + offset[1],
                sum / 4, 16, 240);
      v = mixed(v, static_cast<float>(layer.v[from_half + static_cast<std::size_t>(x)]) + offset[2],
                sum / 4, 16, 240);
    }
  }
}

}  // namespace understudy::avatar
