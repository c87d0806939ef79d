// The sound of a cinematic video: a music bed of the library under its ambience, with a hit where a
// shot begins; faded in and out, to the sample as long as the pictures.
#pragma once

#include <vector>

#include "base/result.h"
#include "cinema/direction.h"

namespace understudy::cinema {

// 48 kHz stereo, interleaved, below -1 dBFS. Takes two to four seconds of work. Errors:
// internal_error.
Result<std::vector<float>> make_soundtrack(const Direction& direction);

}  // namespace understudy::cinema
