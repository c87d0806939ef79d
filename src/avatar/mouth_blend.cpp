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

  // A row's differences as straight lines: from `from` on they are start + (x - from) * step.
  struct Line {
    int from = 0;
    int to = 0;
    std::array<float, 3> start{};
    std::array<float, 3> step{};
  };

  // Of the pixels' centres of row `y`, from the left to the right edge of the area.
  void row(int y, std::vector<Line>& lines) const {
    const float gy = place(static_cast<float>(y) + 0.5F, height_);
    const int r = static_cast<int>(gy);
    const float fy = gy - static_cast<float>(r);
    std::array<std::array<float, 3>, kCells> cells;
    for (int c = 0; c < kCells; ++c) {
      for (std::size_t k = 0; k < 3; ++k)
        cells[static_cast<std::size_t>(c)][k] = at(r, c)[k] * (1 - fy) + at(r + 1, c)[k] * fy;
    }
    lines.clear();
    const float pitch = static_cast<float>(kCells) / static_cast<float>(width_);
    int x = 0;
    for (int c = -1; c < kCells && x < width_; ++c) {
      // Pixels whose centres lie between the centres of the cells c and c + 1.
      const int end =
          c + 1 == kCells
              ? width_
              : std::clamp(
                    static_cast<int>(std::ceil((static_cast<float>(c) + 1.5F) / pitch - 0.5F)), 0,
                    width_);
      if (end <= x) continue;
      const auto& left = cells[static_cast<std::size_t>(std::max(c, 0))];
      const auto& right = cells[static_cast<std::size_t>(std::min(c + 1, kCells - 1))];
      Line line{x, end, {}, {}};
      const float first = (static_cast<float>(x) + 0.5F) * pitch - 0.5F - static_cast<float>(c);
      for (std::size_t k = 0; k < 3; ++k) {
        line.step[k] = (right[k] - left[k]) * pitch;
        line.start[k] = left[k] + (right[k] - left[k]) * first;
      }
      lines.push_back(line);
      x = end;
    }
  }

 private:
  static float place(float pixel, int size) {
    return std::clamp(pixel * kCells / static_cast<float>(size) - 0.5F, 0.0F,
                      static_cast<float>(kCells) - 1.001F);
  }

  const std::array<float, 3>& at(int r, int c) const {
    return cells_[static_cast<std::size_t>(r * kCells + c)];
  }

  void gather(const media::Frame& layer, const Coverage& coverage, const media::Frame& canvas) {
    const auto& area = coverage.area;
    std::vector<std::size_t> column(static_cast<std::size_t>(width_));
    for (int x = 0; x < width_; ++x)
      column[static_cast<std::size_t>(x)] = static_cast<std::size_t>(x * kCells / width_);
    for (int y = 0; y < height_; y += 2) {
      const auto row_cell = static_cast<std::size_t>(y * kCells / height_ * kCells);
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
        const std::size_t cell = row_cell + column[static_cast<std::size_t>(x)];
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

// One stretch of a row, `over` with a linear difference added mixed into `to` by its shares; where
// the share is 0, `to` stays. Inlined into a form for each kind of processor.
inline __attribute__((always_inline)) void mix_stretch(const std::uint8_t* over,
                                                       const std::uint8_t* share, std::uint8_t* to,
                                                       int count, float start, float step, int low,
                                                       int high) {
  for (int x = 0; x < count; ++x) {
    const float under = to[x];
    const float value = static_cast<float>(over[x]) + (start + static_cast<float>(x) * step);
    const float mixed = under + (value - under) * (static_cast<float>(share[x]) * (1 / 255.0F));
    const int whole = std::clamp(static_cast<int>(mixed + 0.5F), low, high);
    to[x] = static_cast<std::uint8_t>(share[x] == 0 ? to[x] : whole);
  }
}

using MixStretch = void (*)(const std::uint8_t*, const std::uint8_t*, std::uint8_t*, int, float,
                            float, int, int);

void mix_plainly(const std::uint8_t* over, const std::uint8_t* share, std::uint8_t* to, int count,
                 float start, float step, int low, int high) {
  mix_stretch(over, share, to, count, start, step, low, high);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void mix_avx2(const std::uint8_t* over, const std::uint8_t* share,
                                              std::uint8_t* to, int count, float start, float step,
                                              int low, int high) {
  mix_stretch(over, share, to, count, start, step, low, high);
}
#endif

MixStretch fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return mix_avx2;
#endif
  return mix_plainly;
}

// Shares of a row of chroma samples. One belongs to four pixels: where one of them is the source's,
// it stays.
void quarter_shares(const std::uint8_t* above, const std::uint8_t* below, int count,
                    std::uint8_t* shares) {
  for (int x = 0; x < count; ++x) {
    const int a = above[2 * x], b = above[2 * x + 1], c = below[2 * x], d = below[2 * x + 1];
    const int least = std::min(std::min(a, b), std::min(c, d));
    shares[x] = static_cast<std::uint8_t>(least == 0 ? 0 : (a + b + c + d) / 4);
  }
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
  static const MixStretch mix = fastest();
  const auto& area = coverage.area;
  const DifferenceField field(layer, coverage, canvas);
  std::vector<DifferenceField::Line> lines;
  std::vector<std::uint8_t> quarter(static_cast<std::size_t>(area.width / 2));
  for (int y = 0; y < area.height; ++y) {
    field.row(y, lines);
    const std::uint8_t* share = &coverage.share[static_cast<std::size_t>(y) * area.width];
    const std::uint8_t* from = &layer.y[static_cast<std::size_t>(y) * layer.width];
    std::uint8_t* to = &canvas.y[static_cast<std::size_t>(area.y + y) * canvas.width + area.x];
    for (const auto& line : lines) {
      mix(from + line.from, share + line.from, to + line.from, line.to - line.from, line.start[0],
          line.step[0], 16, 235);
    }
    if (y % 2 != 0) continue;
    quarter_shares(share, share + area.width, area.width / 2, quarter.data());
    const auto from_half = static_cast<std::size_t>(y / 2) * (layer.width / 2);
    const auto to_half =
        static_cast<std::size_t>((area.y + y) / 2) * (canvas.width / 2) + area.x / 2;
    for (const auto& line : lines) {
      // The chroma sample x takes the difference at pixel 2 x.
      const int first = (line.from + 1) / 2, count = (line.to + 1) / 2 - first;
      const auto ahead = static_cast<float>(2 * first - line.from);
      const auto mix_half = [&](const std::vector<std::uint8_t>& over,
                                std::vector<std::uint8_t>& under, std::size_t k) {
        mix(&over[from_half] + first, quarter.data() + first, &under[to_half] + first, count,
            line.start[k] + ahead * line.step[k], 2 * line.step[k], 16, 240);
      };
      mix_half(layer.u, canvas.u, 1);
      mix_half(layer.v, canvas.v, 2);
    }
  }
}

}  // namespace understudy::avatar
