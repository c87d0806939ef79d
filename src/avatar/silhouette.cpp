#include "avatar/silhouette.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace understudy::avatar {
namespace {

constexpr double kBlock = 0.07;                 // face units a side
constexpr double kInside = 0.42, kSoft = 0.18;  // face units beside the middle
constexpr double kBeside = 0.25;                // of the film's lips, with their corners' shade
constexpr double kSame = 12, kOther = 28;       // luma: of the same thing, and of two things

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

class Blocks {
 public:
  Blocks(const Coverage& coverage, const face::HeadPose& pose, double inside)
      : area_(coverage.area),
        side_(std::max(4, static_cast<int>(std::lround(pose.scale * kBlock)))),
        columns_((area_.width + side_ - 1) / side_),
        rows_((area_.height + side_ - 1) / side_),
        beside_(static_cast<std::size_t>(columns_ * rows_)),
        kept_(beside_.size(), 1.0F) {
    for (int r = 0; r < rows_; ++r) {
      for (int c = 0; c < columns_; ++c) {
        const auto place =
            pose.lift({area_.x + (c + 0.5) * side_ - 0.5, area_.y + (r + 0.5) * side_ - 0.5}, 0.0);
        beside_[at(r, c)] = static_cast<float>(smooth((std::abs(place.x) - inside) / kSoft));
      }
    }
  }

  // False: nothing is to be taken away.
  bool compare(const media::Frame& layer, const media::Frame& canvas, const Coverage& coverage) {
    std::vector<float> off(beside_.size());
    std::vector<float> all;
    for (int r = 0; r < rows_; ++r) {
      for (int c = 0; c < columns_; ++c) {
        if (beside_[at(r, c)] <= 0) continue;
        int sum = 0, count = 0;
        for (int y = r * side_; y < std::min((r + 1) * side_, area_.height); y += 2) {
          for (int x = c * side_; x < std::min((c + 1) * side_, area_.width); x += 2) {
            const auto i = static_cast<std::size_t>(y) * area_.width + x;
            if (coverage.share[i] == 0) continue;
            sum += layer.y[i] -
                   canvas.y[static_cast<std::size_t>(area_.y + y) * canvas.width + area_.x + x];
            ++count;
          }
        }
        if (count == 0) continue;
        off[at(r, c)] = static_cast<float>(sum) / static_cast<float>(count);
        all.push_back(off[at(r, c)]);
      }
    }
    if (all.empty()) return false;
    // Light that changed on all of the face is no other thing.
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    const double light = *middle;
    std::vector<float> own(beside_.size(), 1.0F);
    bool is_other = false;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (beside_[i] <= 0 || off[i] == 0) continue;
      const double other = smooth((std::abs(off[i] - light) - kSame) / (kOther - kSame));
      own[i] = static_cast<float>(1 - other * beside_[i]);
      is_other = is_other || other > 0;
    }
    if (is_other) spread(own);
    return is_other;
  }

  double kept(int x, int y) const {
    const double gx = std::clamp((x + 0.5) / side_ - 0.5, 0.0, columns_ - 1.0);
    const double gy = std::clamp((y + 0.5) / side_ - 0.5, 0.0, rows_ - 1.0);
    const int c = std::min(static_cast<int>(gx), std::max(0, columns_ - 2));
    const int r = std::min(static_cast<int>(gy), std::max(0, rows_ - 2));
    const int c2 = std::min(c + 1, columns_ - 1), r2 = std::min(r + 1, rows_ - 1);
    const double fx = gx - c, fy = gy - r;
    const double top = kept_[at(r, c)] * (1 - fx) + kept_[at(r, c2)] * fx;
    const double bottom = kept_[at(r2, c)] * (1 - fx) + kept_[at(r2, c2)] * fx;
    return top * (1 - fy) + bottom * fy;
  }

 private:
  std::size_t at(int r, int c) const { return static_cast<std::size_t>(r * columns_ + c); }

  // A block beside one that shows another thing is at its edge.
  void spread(const std::vector<float>& own) {
    for (int r = 0; r < rows_; ++r) {
      for (int c = 0; c < columns_; ++c) {
        float least = 1;
        for (int q = std::max(0, r - 1); q <= std::min(rows_ - 1, r + 1); ++q) {
          for (int d = std::max(0, c - 1); d <= std::min(columns_ - 1, c + 1); ++d)
            least = std::min(least, own[at(q, d)]);
        }
        const float beside = beside_[at(r, c)];
        kept_[at(r, c)] = std::max(least, 1 - beside);
      }
    }
  }

  media::Rectangle area_;
  int side_, columns_, rows_;
  std::vector<float> beside_;  // 0: near lips and chin
  std::vector<float> kept_;    // of the share
};

double half_width(const face::TrackedFace& face) {  // of the film's mouth
  const face::Lips lips = face::lips_of(face);
  return std::max(std::abs(lips[0].x), std::abs(lips[6].x));
}

}  // namespace

void keep_silhouettes(const media::Frame& layer, const media::Frame& canvas,
                      const face::TrackedFace& face, Coverage& coverage) {
  Blocks blocks(coverage, face.pose, std::max(kInside, half_width(face) + kBeside));
  if (!blocks.compare(layer, canvas, coverage)) return;
  for (int y = 0; y < coverage.area.height; ++y) {
    for (int x = 0; x < coverage.area.width; ++x) {
      auto& share = coverage.share[static_cast<std::size_t>(y) * coverage.area.width + x];
      if (share != 0) share = static_cast<std::uint8_t>(share * blocks.kept(x, y));
    }
  }
}

}  // namespace understudy::avatar
