// A mask that goes along with its picture. Private to this folder.
#pragma once

#include "avatar/matte_planes.h"

namespace understudy::avatar {

// Where the previous picture's mask is in this one: dense optical flow (DIS, Kroeger et al. 2016).
BytePlane follow(const BytePlane& mask, const BytePlane& gray_before, const BytePlane& gray_now);

}  // namespace understudy::avatar
