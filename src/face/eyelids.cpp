#include "face/eyelids.h"

#include <algorithm>
#include <array>
#include <vector>

namespace understudy::face {
namespace {

constexpr double kBeyondShare = 0.75;  // of the range of light inside an eye

double light_at(const media::Image& picture, Point p) {
  const double x = std::clamp(p.x, 0.0, picture.width - 1.001);
  const double y = std::clamp(p.y, 0.0, picture.height - 1.001);
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const auto light = [&](int column, int row) {
    const auto* pixel = &picture.rgba[(static_cast<std::size_t>(row) * picture.width + column) * 4];
    return 0.30 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2];
  };
  const int x1 = std::min(x0 + 1, picture.width - 1), y1 = std::min(y0 + 1, picture.height - 1);
  const double fx = x - x0, fy = y - y0;
  return (light(x0, y0) * (1 - fx) + light(x1, y0) * fx) * (1 - fy) +
         (light(x0, y1) * (1 - fx) + light(x1, y1) * fx) * fy;
}

// One eye in its own axes.
class Eye {
 public:
  Eye(const media::Image& picture, Landmarks& points, int first)
      : picture_(picture), points_(points), first_(static_cast<std::size_t>(first)) {
    const Point across = points[first_ + 3] - points[first_];
    width_ = length(across);
    along_ = across * (1 / std::max(width_, 1.0));
    down_ = quarter_turn(along_);
  }

  bool settle() {
    if (width_ < 8) return false;
    const double height =
        dot(points_[first_ + 5] + points_[first_ + 4] - points_[first_ + 1] - points_[first_ + 2],
            down_) /
        2;
    if (height < 0.12 * width_) return false;  // shut, or a squint that leaves nothing to close
    // Skin is lighter than what lies under the lid's edge: lashes, iris, shade.
    constexpr int kColumns = 9;
    std::vector<double> offsets;
    double contrast = 0;
    for (int i = 0; i < kColumns; ++i) {
      const double u = 0.22 + 0.56 * i / (kColumns - 1);
      const auto edge = strongest_edge(lid_at(u));
      contrast += edge.contrast;
      offsets.push_back(edge.offset);
    }
    contrast /= kColumns;
    auto sorted = offsets;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[kColumns / 2];
    const double spread = sorted[kColumns - 2] - sorted[1];
    if (contrast < 14 || spread > 0.16 * width_ || goes_on_beyond()) return false;
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
      points_[first_ + i] = points_[first_ + i] + down_ * median;
    return true;
  }

 private:
  struct Edge {
    double offset = 0;
    double contrast = 0;
  };

  // Very large eyes reach beyond where landmarks see their outer corner: a lid that closes up to
  // there leaves the rest open. Beyond a true corner there is skin, all of one light.
  bool goes_on_beyond() const {
    const bool is_left = first_ == static_cast<std::size_t>(kLeftEye);
    const Point corner = points_[is_left ? first_ : first_ + 3];
    const Point outwards = along_ * (is_left ? -1.0 : 1.0);
    const auto range = [&](double from, double to, double half_height) {
      double low = 255, high = 0;
      for (int i = 0; i <= 6; ++i) {
        for (int k = -2; k <= 2; ++k) {
          const Point at = corner + outwards * (width_ * (from + (to - from) * i / 6)) +
                           down_ * (width_ * half_height * k / 2);
          const double light = light_at(picture_, at);
          low = std::min(low, light), high = std::max(high, light);
        }
      }
      return high - low;
    };
    return range(0.08, 0.22, 0.05) > kBeyondShare * range(-0.85, -0.15, 0.05);
  }

  // The upper lid between the corners: a parabola through the two landmarks on it.
  Point lid_at(double u) const {
    const Point chord = mix(points_[first_], points_[first_ + 3], u);
    const Point top = middle(points_[first_ + 1], points_[first_ + 2]);
    const double rise = dot(top - middle(points_[first_], points_[first_ + 3]), down_);
    return chord + down_ * (rise * 1.08 * 4 * u * (1 - u));
  }

  Edge strongest_edge(Point at) const {
    const double reach = 0.13 * width_, span = std::max(1.0, 0.07 * width_);
    Edge best;
    for (double d = -reach; d <= reach; d += 0.5) {
      const double above = light_at(picture_, at + down_ * (d - span));
      const double below = light_at(picture_, at + down_ * (d + span * 0.5));
      const double contrast = above - below - 30 * std::abs(d) / width_;
      if (contrast > best.contrast) best = {d, contrast};
    }
    return best;
  }

  const media::Image& picture_;
  Landmarks& points_;
  std::size_t first_;
  double width_ = 0;
  Point along_;
  Point down_;
};

}  // namespace

bool settle_eyelids(const media::Image& picture, Landmarks& points) {
  Landmarks moved = points;
  if (!Eye(picture, moved, kLeftEye).settle() || !Eye(picture, moved, kRightEye).settle())
    return false;
  points = moved;
  return true;
}

}  // namespace understudy::face
