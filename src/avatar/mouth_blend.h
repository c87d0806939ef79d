// Laying a drawn lower face over a picture: the share of each pixel, the colours brought to those
// round it, and the mixing. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "face/head_pose.h"
#include "media/frame.h"

namespace understudy::avatar {

// How much of the mouth's picture is seen at each place of the face: below the nose, within the
// cheeks, past the chin so far that the source's own jaw stays under it. Fades to 0 at its rim.
class MouthMask {
 public:
  explicit MouthMask(const face::FaceShape& shape);
  double share(double x, double y) const;  // face coordinates, 0..1

 private:
  std::vector<face::Point> outline_;
};

// Shares of an area of the picture, 0..255.
struct Coverage {
  media::Rectangle area;
  std::vector<std::uint8_t> share;  // area.height x area.width
};

// Lays `layer` (of the area's size) over `canvas`. Where the share is 0, `canvas` stays as it is.
// The difference of both at the rim is spread over the inside (after Perez et al. 2003, with
// inverse distances for the equation), so that no edge is seen.
void blend_mouth(const media::Frame& layer, const Coverage& coverage, media::Frame& canvas);

}  // namespace understudy::avatar
