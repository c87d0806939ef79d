// Where a donor's picture shows something else than the film does beside the mouth (the wall behind
// a jaw that was turned otherwise, a collar, hair), the film's own picture stays. Private to this
// folder.
#pragma once

#include "avatar/mouth_blend.h"
#include "face/face_track.h"

namespace understudy::avatar {

// Takes shares away from `coverage`, softly, never near the lips of the film and the chin: a smile
// that is covered does not show its corners beside another mouth. `layer`: what is to be drawn in
// the coverage's area of `canvas`; `face`: the film's in it.
void keep_silhouettes(const media::Frame& layer, const media::Frame& canvas,
                      const face::TrackedFace& face, Coverage& coverage);

}  // namespace understudy::avatar
