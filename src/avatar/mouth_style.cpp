#include "avatar/mouth_style.h"

#include <cmath>

namespace understudy::avatar {
namespace {

constexpr double kPairsMin = 50;  // frames

class Agreement {  // Pearson's correlation, summed up
 public:
  void add(double x, double y) { ++n_, x_ += x, y_ += y, xx_ += x * x, yy_ += y * y, xy_ += x * y; }
  double count() const { return n_; }
  double value() const {
    const double spread = (n_ * xx_ - x_ * x_) * (n_ * yy_ - y_ * y_);
    return spread > 0 ? (n_ * xy_ - x_ * y_) / std::sqrt(spread) : 0;
  }

 private:
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

Agreement agreement(std::span<const MouthFootage> footage, MouthStyle style) {
  Agreement sum;
  for (const MouthFootage& each : footage) {
    if (each.heard == nullptr) continue;
    const MouthTrack lips(each.heard->phones, style);
    for (std::size_t i = 0; i < each.track->frames.size(); ++i) {
      const auto& face = each.track->frames[i];
      if (face.trust >= face::kTrusted)
        sum.add(lips.at(static_cast<double>(i) / each.track->fps).open, face.mouth_open);
    }
  }
  return sum;
}

}  // namespace

MouthStyle style_of(std::span<const MouthFootage> footage) {
  const Agreement clear = agreement(footage, MouthStyle::clear);
  if (clear.count() < kPairsMin) return MouthStyle::filmed;
  return clear.value() > agreement(footage, MouthStyle::filmed).value() ? MouthStyle::clear
                                                                        : MouthStyle::filmed;
}

}  // namespace understudy::avatar
