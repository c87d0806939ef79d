// What is known of each pixel of a frame before its colours are looked at: by the plate, and by
// what is usual there. Evidence as of matte_segmenter.h. Private to this folder.
#pragma once

#include <vector>

#include "avatar/film_plate.h"
#include "avatar/matte_planes.h"
#include "avatar/matte_segmenter.h"

namespace understudy::avatar {

// How many of `masks` have somebody at each place, 0..1.
FloatPlane share_of(const std::vector<BytePlane>& masks);

// Before a standing camera. `usual`: share_of() the samples. `figure`: of
// the heads that were found (matte_seeds.h); may be empty. `face`: 255 on the face; may be empty.
FloatPlane plate_evidence(const FilmPlate& plate, const SmallPicture& picture,
                          const FloatPlane& usual, const FloatPlane& figure, const BytePlane& face);

// For a head that was found before a standing camera: what never changes is rather background, the
// more so where it is joined to the rims of the picture; what is off the steadiest colours is not.
FloatPlane head_evidence(const FloatPlane& figure, const BytePlane& change,
                         const FilmPlate& steadiest, const SmallPicture& picture);

// Near the outline of the frame before, which has come along: outside of `band` small pixels
// nothing is asked.
FloatPlane band_evidence(const BytePlane& mask, int band);

}  // namespace understudy::avatar
