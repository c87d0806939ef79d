// Segmenter: person or background, by a graph cut (Boykov and Kolmogorov 2004) that weighs what is
// known of each place, the colours of both sides and the edges of the picture against each other.
// The colours are learned from the cut itself, round after round (as GrabCut does: Rother et al.
// 2004), and kept from one picture to the next. Private to this folder. One thread.
#pragma once

#include <span>

#include "avatar/matte_colours.h"
#include "avatar/matte_planes.h"

namespace understudy::avatar {

// Evidence: natural logarithm of the odds that a pixel is the person's, by everything but the
// colours of the picture. From kSure on (or -kSure) nothing else is asked.
inline constexpr float kSure = 20;

class Segmenter {
 public:
  // Learns the colours anew. `reach`: of LocalColours. 255 where the person is.
  BytePlane start(const SmallPicture& picture, const FloatPlane& evidence, int rounds,
                  double reach);
  // With the colours as they are. Requires: start() or learn() with pictures of this size.
  BytePlane go_on(const SmallPicture& picture, const FloatPlane& evidence) const;
  // The same cut once more with a little more evidence for the person, and once with a little less:
  // how much of the one the other keeps, 0..1. What hangs by a thread is a guess.
  double stability(const SmallPicture& picture, const FloatPlane& evidence) const;
  // Learns the colours of pictures of one size whose masks are known.
  void learn(std::span<const SmallPicture> pictures, std::span<const BytePlane> masks,
             double reach);

 private:
  LocalColours colours_;
};

}  // namespace understudy::avatar
