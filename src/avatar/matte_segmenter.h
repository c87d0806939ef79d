// Segmenter: person or background, by GrabCut (graph cut over Gaussian mixtures of both sides'
// colours), whose models are kept from one picture to the next; and the measure of how clearly the
// picture decides. Private to this folder. One thread.
#pragma once

#include <memory>
#include <optional>

#include "avatar/matte_planes.h"
#include "face/geometry.h"

namespace understudy::avatar {

class Segmenter {
 public:
  Segmenter();
  ~Segmenter();
  Segmenter(Segmenter&&) noexcept;
  Segmenter& operator=(Segmenter&&) noexcept;

  // Learns the colours anew. `labels`: matte_seeds.h. 255 where the person is.
  BytePlane start(const SmallPicture& picture, const BytePlane& labels, int rounds);
  // With the colours as they are; only what is not sure is asked. Requires: start().
  BytePlane go_on(const SmallPicture& picture, const BytePlane& labels);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The share of the outline of `mask` whose two sides differ in tone by more than they vary, 0..1.
// Where the mask meets the rim of the picture there is no outline.
double clear_edges(const SmallPicture& picture, const BytePlane& mask);

// Where the previous picture's mask is in this one: dense optical flow (DIS, Kroeger et al. 2016).
BytePlane follow(const BytePlane& mask, const BytePlane& gray_before, const BytePlane& gray_now);

}  // namespace understudy::avatar
