// Which picture of the film each picture of the result shows. Pure numbers.
//
// A sound of another length changes the film where it is least seen: pictures on which head and
// mouth are still are shown longer or shorter, at most kSlowest and kFastest times; pictures with
// movement hardly. A sound that is much longer lets the film go back and forth; one that is much
// shorter leaves its end out.
#pragma once

#include <vector>

#include "face/face_track.h"

namespace understudy::lipsyncs {

inline constexpr double kSlowest = 2.0;  // pictures of the result for one still picture
inline constexpr double kFastest = 0.5;

// 0 (moves) .. 1 (still), of each picture.
std::vector<double> stillness(const face::FaceTrack& track);

// `count` pictures; each within 0 .. still.size() - 1. Requires: still is not empty, count >= 1.
std::vector<int> stretch(const std::vector<double>& still, int count);

// One after the other; after the film's end its last picture stays.
std::vector<int> one_to_one(int film_frames, int count);

}  // namespace understudy::lipsyncs
