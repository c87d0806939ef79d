// How clearly a picture decides where its person ends. Private to this folder.
#pragma once

#include "avatar/matte_planes.h"

namespace understudy::avatar {

// The share of the outline of `mask` whose two sides differ in tone by more than they vary, 0..1.
// Where the mask meets the rim of the picture there is no outline.
double clear_edges(const SmallPicture& picture, const BytePlane& mask);

}  // namespace understudy::avatar
