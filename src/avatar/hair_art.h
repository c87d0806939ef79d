// Hair in two layers: behind the body and the head, and in front of the face.
#pragma once

#include "avatar/character.h"

namespace understudy::avatar {

void draw_hair_back(cairo_t* c, const Character& who);
void draw_hair_front(cairo_t* c, const Character& who);

// What of the front hair lies on the forehead: it throws a shadow. Empty for none.
Path hair_front_outline(const Character& who);

}  // namespace understudy::avatar
