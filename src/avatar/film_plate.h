// FilmPlate: what a standing camera sees where nobody is. Private to this folder.
//
// A person is never quite still, a background is: what can be reached from the rims of the picture
// through pixels that never change is background, up to the outline of everything that moves. Where
// somebody moved to and fro, the times count at which the place was free.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "avatar/matte_planes.h"
#include "media/frame.h"

namespace understudy::avatar {

struct FilmPlate {
  SmallPicture small;
  media::Frame full;
  BytePlane known;   // of the small picture: 255 where the background was seen
  BytePlane free;    // 255 where nobody was at any time; empty when that could not be told
  double noise = 0;  // how far a pixel of the standing background is from the plate, usually
};

// Where anything changes between any two times, 255. Looked at on pictures twice as large as those
// that are cut: somebody who only breathes moves by less than one of their pixels.
BytePlane changing(std::span<const media::Frame> frames, int width, int height);

// What is reached from the rims through what never changes, but not into the figure that belongs to
// the head (matte_seeds.h). Empty: there is no such figure.
BytePlane never_entered(const BytePlane& change, const FloatPlane& figure);

// `people`: where somebody may be, generously, in each of the samples. `figure`: where somebody
// should be (may be empty): what looks the same at all times there is no proof of a background.
// Empty: the camera moves, or the background itself does.
std::optional<FilmPlate> find_plate(std::span<const media::Frame> frames,
                                    std::span<const SmallPicture> pictures,
                                    std::span<const BytePlane> people, const FloatPlane& figure);

// Before anybody was cut: the colour that a pixel has most often, or most steadily, at the places
// that `figure` does not claim; known there. An arm that comes and goes is not in it.
FilmPlate steadiest(std::span<const SmallPicture> pictures, const BytePlane& change,
                    const BytePlane& free, const FloatPlane& figure);

// How far each pixel is from the plate, in levels, averaged over 3 x 3; 0 where nothing is known.
FloatPlane distance_from(const FilmPlate& plate, const SmallPicture& picture);

}  // namespace understudy::avatar
