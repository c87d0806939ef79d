// Backdrops: the soft rooms behind a presenter when a video names no background.
#pragma once

#include "avatar/character.h"

namespace understudy::avatar {

// Fills a canvas of the given size, pixels.
void draw_backdrop(cairo_t* c, const Backdrop& backdrop, int width, int height);

}  // namespace understudy::avatar
