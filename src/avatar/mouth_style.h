// How a person articulates, from footage with sound: private to this folder.
#pragma once

#include <span>

#include "avatar/film_mouth.h"
#include "avatar/mouth_track.h"

namespace understudy::avatar {

// The style whose openings, for what is said in the footage, go together best with those that are
// seen in it. Footage without sound, or in which hardly anything is said: filmed.
MouthStyle style_of(std::span<const MouthFootage> footage);

}  // namespace understudy::avatar
