// Seeds: where a person with this head must be, may be and cannot be. Private to this folder.
#pragma once

#include "avatar/matte_planes.h"
#include "face/landmarks.h"

namespace understudy::avatar {

// Values of a plane of labels, as GrabCut has them.
inline constexpr std::uint8_t kSureBackground = 0;
inline constexpr std::uint8_t kSurePerson = 1;
inline constexpr std::uint8_t kMaybeBackground = 2;
inline constexpr std::uint8_t kMaybePerson = 3;

// A head, in pixels of the plane it is used on.
struct Head {
  double x = 0;      // middle, between the ears
  double y = 0;      // of the bridge of the nose
  double width = 0;  // of the face, from jaw to jaw
  double chin_y = 0;
};
Head head_of(const face::Box& brows_to_chin, double scale);
Head head_of(const face::Landmarks& points, double scale);

BytePlane seeds_of(const Head& head, int width, int height);

// 255 on the face itself: whatever is cut out must hold it.
BytePlane face_of(const Head& head, int width, int height);

// The share of a mask that lies where hardly anybody with this head can be, 0..1: a cut that ran
// into the background.
double stray_share(const BytePlane& mask, const Head& head);

}  // namespace understudy::avatar
