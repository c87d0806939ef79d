// Clothes of the torso, from the inside out.
#pragma once

#include "avatar/character.h"

namespace understudy::avatar {

// The silhouette of the clothed torso, without arms.
Path garment_outline(const Character& who, const Outfit& outfit);

void draw_lower(cairo_t* c, const Character& who, const Outfit& outfit);
void draw_top(cairo_t* c, const Character& who, const Outfit& outfit);
void draw_outer(cairo_t* c, const Character& who, const Outfit& outfit);
void draw_accent(cairo_t* c, const Character& who, const Outfit& outfit);

}  // namespace understudy::avatar
