// Where a donor's picture shows something else than the film does beside the mouth (the wall behind
// a jaw that was turned otherwise, a collar, hair), the film's own picture stays. Private to this
// folder.
#pragma once

#include "avatar/mouth_blend.h"
#include "face/head_pose.h"

namespace understudy::avatar {

// Takes shares away from `coverage`, softly, never near the lips and the chin. `layer`: what is to
// be drawn in the coverage's area of `canvas`; `pose`: of the face in it.
void keep_silhouettes(const media::Frame& layer, const media::Frame& canvas,
                      const face::HeadPose& pose, Coverage& coverage);

}  // namespace understudy::avatar
