// A face as drawing books teach it, as 68 landmarks: the unit is the distance between the centres
// of the eyes, the origin lies between them, y points down. Authored by hand from canons of
// proportion (eyes halfway up the head, five eye widths across it, the mouth a third of the way
// from nose to chin), not averaged from anybody's pictures, so no data set's terms apply to it.
#pragma once

#include "face/landmarks.h"

namespace understudy::face {

const Landmarks& mean_shape();

}  // namespace understudy::face
