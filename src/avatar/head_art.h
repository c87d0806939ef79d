// Head: ears, face with its shading, nose, beard and glasses; what does not move within itself.
#pragma once

#include "avatar/character.h"

namespace understudy::avatar {

void draw_face(cairo_t* c, const Character& who);  // ears and face, without features
void draw_nose(cairo_t* c, const Character& who);
void draw_beard(cairo_t* c, const Character& who);  // belongs to the face layer
void draw_glasses(cairo_t* c, const Character& who);

}  // namespace understudy::avatar
