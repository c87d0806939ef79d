// Where the lips of a film touch, from its straightened faces alone: the calmest mouths of the film
// show one dark line and nothing else, while teeth and the dark between parted lips make edges.
// A single fitted frame may take a row of teeth for the line between the lips; the whole film does
// not. Private to this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "face/head_pose.h"

namespace understudy::face {

struct ClosedLips {
  std::size_t frame = 0;  // the picture in which they lie as they mostly do when they touch
  double seam = 1.1;      // the row between them, face units
};

// `patches` as FacePatch::straighten makes them; those that are empty or have no weight are not
// looked at. `mouth` says about where it lies. Nothing: fewer than ten pictures.
std::optional<ClosedLips> find_closed_lips(const std::vector<cv::Mat>& patches,
                                           const std::vector<double>& weights,
                                           const FaceShape& mouth);

}  // namespace understudy::face
