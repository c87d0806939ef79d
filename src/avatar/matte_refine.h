// From a mask of a small picture to coverage at full size: the guided filter (He, Sun and Tang
// 2013) in its fast form, whose coefficients are found on the small picture and applied to the
// large one's own luma. Private to this folder.
#pragma once

#include "avatar/matte_planes.h"

namespace understudy::avatar {

// Coefficients of the filter: coverage = a x luma + b, luma 0..1.
struct GuidedCoverage {
  FloatPlane a;
  FloatPlane b;
};
// `radius` in small pixels.
GuidedCoverage guide(const BytePlane& gray, const FloatPlane& coverage, int radius);

// `luma`: 16..235 of a frame. `scale`: of the small picture. The result has the size of `luma`.
BytePlane coverage_at_full_size(const GuidedCoverage& guided, const std::uint8_t* luma, int width,
                                int height);

FloatPlane soft(const BytePlane& mask);  // 0..1

// What lies behind, guessed where `is_known` is 0: the average of what is known around, nearer
// more. `planes`: of one size, changed in place.
void fill_unknown(std::vector<FloatPlane*> planes, const BytePlane& is_known);

}  // namespace understudy::avatar
