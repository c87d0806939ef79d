// What is known of each pixel of a frame before it is cut: by the plate, and by what is usual
// there. Private to this folder.
#pragma once

#include <vector>

#include "avatar/film_plate.h"
#include "avatar/matte_planes.h"

namespace understudy::avatar {

// Where somebody is, by other frames. Planes of the small picture's size; `before` may be empty.
struct Presence {
  const BytePlane& usual;   // how many of the samples have somebody here, 0..255
  const BytePlane& crown;   // 255 where the head with its hair may be
  const BytePlane& face;    // 255 on the face; may be empty
  const BytePlane& before;  // the mask of the frame before
};

// Labels as of matte_seeds.h: what the plate says, and where it says nothing, what is usual there.
BytePlane plate_labels(const FilmPlate& plate, const SmallPicture& picture, const Presence& people);

// How many of `count` masks have somebody at each place, 0..255.
BytePlane share_of(const std::vector<BytePlane>& masks, std::size_t count);

}  // namespace understudy::avatar
