#include "avatar/matte_edges.h"

#include <algorithm>
#include <array>

namespace understudy::avatar {
namespace {

struct Tone {
  std::array<double, 3> mean{};
  double variance = 0;  // of the three channels together
  int count = 0;
};

// Of the pixels of a window on one side of the outline, its soft edge left out.
Tone tone_of(const SmallPicture& picture, const BytePlane& side, int cx, int cy, int radius) {
  Tone tone;
  std::array<double, 3> sum{}, square{};
  for (int y = std::max(0, cy - radius); y <= std::min(picture.height - 1, cy + radius); ++y) {
    for (int x = std::max(0, cx - radius); x <= std::min(picture.width - 1, cx + radius); ++x) {
      if (side.at(x, y) == 0) continue;
      const std::uint8_t* p = &picture.bgr[side.index(x, y) * 3];
      for (std::size_t c = 0; c < 3; ++c)
        sum[c] += p[c], square[c] += static_cast<double>(p[c]) * p[c];
      ++tone.count;
    }
  }
  if (tone.count == 0) return tone;
  for (std::size_t c = 0; c < 3; ++c) {
    tone.mean[c] = sum[c] / tone.count;
    tone.variance += square[c] / tone.count - tone.mean[c] * tone.mean[c];
  }
  return tone;
}

}  // namespace

double clear_edges(const SmallPicture& picture, const BytePlane& mask) {
  const BytePlane inner = grown(mask, -2);
  BytePlane outer = grown(mask, 2);
  for (auto& value : outer.data) value = value == 0 ? 255 : 0;
  const int radius = std::max(4, std::max(mask.width, mask.height) / 60);
  int seen = 0, clear = 0;
  for (int y = 2; y < mask.height - 2; ++y) {
    for (int x = 2; x < mask.width - 2; ++x) {
      const bool is_edge =
          mask.at(x, y) != 0 && (mask.at(x - 1, y) == 0 || mask.at(x + 1, y) == 0 ||
                                 mask.at(x, y - 1) == 0 || mask.at(x, y + 1) == 0);
      if (!is_edge) continue;
      const Tone person = tone_of(picture, inner, x, y, radius);
      const Tone behind = tone_of(picture, outer, x, y, radius);
      if (person.count < 6 || behind.count < 6) continue;
      double distance = 0;
      for (std::size_t c = 0; c < 3; ++c)
        distance += (person.mean[c] - behind.mean[c]) * (person.mean[c] - behind.mean[c]);
      // Fisher's criterion, with a floor for the eye's own threshold.
      const double spread = std::max(person.variance, behind.variance) + 120;
      ++seen;
      if (distance > 1.1 * spread) ++clear;
    }
  }
  return seen == 0 ? 0 : static_cast<double>(clear) / seen;
}

}  // namespace understudy::avatar
