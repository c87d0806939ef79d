#include "avatar/film_evidence.h"

#include <algorithm>
#include <cmath>

#include "avatar/matte_segmenter.h"

namespace understudy::avatar {
namespace {

constexpr float kUsualMax = 3.5F;

float odds_of(float share) {
  return std::clamp(std::log((share + 0.03F) / (1.03F - share)), -kUsualMax, kUsualMax);
}

}  // namespace

FloatPlane share_of(const std::vector<BytePlane>& masks) {
  FloatPlane share = FloatPlane::make(masks[0].width, masks[0].height);
  for (const auto& mask : masks)
    for (std::size_t i = 0; i < share.data.size(); ++i)
      share.data[i] += mask.data[i] != 0 ? 1.0F / static_cast<float>(masks.size()) : 0.0F;
  return share;
}

FloatPlane plate_evidence(const FilmPlate& plate, const SmallPicture& picture,
                          const FloatPlane& usual, const FloatPlane& figure,
                          const BytePlane& face) {
  const FloatPlane distance = distance_from(plate, picture);
  const auto low = static_cast<float>(std::max(9.0, 3.5 * plate.noise));
  const auto high = static_cast<float>(std::max(26.0, 8 * plate.noise));
  FloatPlane evidence = FloatPlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < evidence.data.size(); ++i) {
    float& odds = evidence.data[i];
    odds = odds_of(usual.data[i]);
    if (!figure.data.empty()) odds = 0.7F * odds + 0.4F * std::clamp(figure.data[i], -3.0F, 3.0F);
    if (plate.known.data[i] != 0) {
      // The colours have their say besides: where the person has the tones of the plate, being near
      // it proves little.
      const float off = std::clamp((distance.data[i] - low) / (high - low), 0.0F, 1.0F);
      odds = 0.6F * odds - 3 + 13 * off;
    } else if (!face.data.empty() && face.data[i] != 0) {
      odds = kSure;
    }
  }
  return evidence;
}

FloatPlane head_evidence(const FloatPlane& figure, const BytePlane& change,
                         const FilmPlate& steadiest, const SmallPicture& picture) {
  const FloatPlane distance = distance_from(steadiest, picture);
  FloatPlane evidence = figure;
  for (std::size_t i = 0; i < evidence.data.size(); ++i) {
    float& odds = evidence.data[i];
    if (std::abs(odds) >= kSure) continue;
    const bool is_known = steadiest.known.data[i] != 0;
    if (change.data[i] == 0)
      odds -= !steadiest.free.data.empty() && steadiest.free.data[i] != 0 ? 0.4F : 0.0F;
    else if (is_known)
      odds += std::clamp((distance.data[i] - 18) / 6, 0.0F, 7.0F);
    else
      odds += 0.8F;
  }
  return evidence;
}

FloatPlane band_evidence(const BytePlane& mask, int band) {
  const BytePlane inner = grown(mask, -band), outer = grown(mask, band);
  FloatPlane evidence = FloatPlane::make(mask.width, mask.height);
  for (std::size_t i = 0; i < mask.data.size(); ++i)
    evidence.data[i] = inner.data[i] != 0   ? kSure
                       : outer.data[i] == 0 ? -kSure
                       : mask.data[i] != 0  ? 0.8F
                                            : -0.8F;
  return evidence;
}

}  // namespace understudy::avatar
