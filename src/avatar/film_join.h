// The picture between two that look alike: both bent half way to each other along the optical flow
// between them (dense inverse search: Kroeger, Timofte, Dai, Van Gool 2016), then mixed. What is a
// head here and a little aside there stays one head.
#pragma once

#include "media/frame.h"

namespace understudy::avatar {

// share: of `b`, 0..1. All three have one size.
void mix_pictures(const media::Frame& a, const media::Frame& b, double share, media::Frame& out);

}  // namespace understudy::avatar
