// Which pictures of the footage MouthDonors keeps. Pure numbers. Private to this folder.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "avatar/film_mouth.h"
#include "media/frame.h"

namespace understudy::avatar {

struct Chosen {
  std::size_t footage = 0;
  int frame = 0;  // of its track
};

// The part of the picture that a donor's mesh may ask for.
media::Rectangle area_of(const face::TrackedFace& face, int width, int height);

// Mouths at rest: the one of the usual pose first; by_pose: one for each pose that is seen often.
std::vector<Chosen> choose_resting(std::span<const MouthFootage> footage, MouthQuality quality);

// Every trusted picture, as far as memory goes.
std::vector<Chosen> choose_units(std::span<const MouthFootage> footage);

// Up to three open mouths, from hardly to wide open, that show what is between the lips; none in
// footage that shows none.
std::vector<Chosen> choose_views(std::span<const MouthFootage> footage);

}  // namespace understudy::avatar
