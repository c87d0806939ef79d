// Whether the upper lids are where the landmarks say: a blink that stretches the wrong strip of
// skin looks worse than none.
#pragma once

#include "face/landmarks.h"
#include "media/frame.h"

namespace understudy::face {

// Moves the lids of `points` onto the edges of the picture. False when either eye shows no clear
// edge between lid and eye, or is shut.
bool settle_eyelids(const media::Image& picture, Landmarks& points);

}  // namespace understudy::face
