// What stands behind the presenters of matte_cost: pictures of the library and others that are
// painted here: even and uneven walls, patterns, shelves, leaves, lights, walls in the tones of the
// presenter's own clothes, skin and hair, and screens for a key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/frame.h"

namespace understudy::bench {

struct Scene {
  std::string name;
  bool is_screen = false;  // of one saturated hue
};
const std::vector<Scene>& scenes();

// `person`: a frame of the presenter with alpha; the picture has its size. `seed` varies what is
// left to chance.
media::Frame paint(const Scene& scene, const media::Frame& person, std::uint32_t seed);

}  // namespace understudy::bench
