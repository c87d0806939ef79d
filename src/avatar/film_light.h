// The background behind a film's person, and its light in their edges. Private to this folder.
#pragma once

#include "avatar/film_plate.h"
#include "avatar/matte_planes.h"
#include "media/frame.h"

namespace understudy::avatar {

struct Behind {
  SmallPicture picture;  // without the person
  double seen = 1;       // the share of the places behind them that the plate has seen, 0..1
};

// The picture's own pixels where nobody is, the plate's (null: none) where it knows them, else
// filled in from around.
Behind behind_person(const SmallPicture& picture, const BytePlane& mask, const FilmPlate* plate);

media::Frame frame_of(const SmallPicture& picture);

// C = a F + (1 - a) B, solved for F, in every plane.
void take_out_background(const SmallPicture& behind, media::Frame& cut);

}  // namespace understudy::avatar
