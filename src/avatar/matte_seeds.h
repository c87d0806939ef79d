// Seeds: where a person with this head must be, may be and cannot be, as evidence for the cut
// (matte_segmenter.h). Private to this folder.
#pragma once

#include "avatar/matte_planes.h"
#include "face/landmarks.h"

namespace understudy::avatar {

// A head, in pixels of the plane it is used on.
struct Head {
  double x = 0;      // middle, between the ears
  double y = 0;      // of the bridge of the nose
  double width = 0;  // of the face, from jaw to jaw
  double chin_y = 0;
};
Head head_of(const face::Box& brows_to_chin, double scale);
Head head_of(const face::Landmarks& points, double scale);

// A head with hair, a neck and shoulders that go on to the lower edge: natural logarithm of the
// odds that a pixel is the person's, growing with the distance from the outline of that figure.
// kSure on the face and in the middle of the body, -kSure where nobody with this head can be.
FloatPlane evidence_of(const Head& head, int width, int height);

// 255 on the face itself: whatever is cut out must hold it.
BytePlane face_of(const Head& head, int width, int height);

// `mask` without bites in the head: a cheek or a temple in the tones of the wall leaves one between
// face and ear, and heads have none above the chin. `face`: face_of() it; empty or black: `mask`.
BytePlane with_closed_head(BytePlane mask, const BytePlane& face);

// The share of a mask that lies where hardly anybody with this head can be, 0..1: a cut that ran
// into the background.
double stray_share(const BytePlane& mask, const Head& head);

}  // namespace understudy::avatar
