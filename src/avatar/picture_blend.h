// From a premultiplied ARGB figure to the planes of a Frame. Where the figure is transparent the
// background's own bytes stay as they were; a transparent frame gets the exact coverage as alpha
// and unpremultiplied colours.
#pragma once

#include <cairo/cairo.h>

#include "media/frame.h"

namespace understudy::avatar {

media::Frame blank_frame(int width, int height, bool has_alpha);

// A whole opaque picture into a frame.
void to_frame(cairo_surface_t* picture, media::Frame& out);

// `figure` over `background` into `out`, inside `box` (even corners). All have the same size.
void blend_over(cairo_surface_t* figure, const media::Frame& background,
                const media::Rectangle& box, media::Frame& out);

// `figure` alone, with alpha.
void cut_out(cairo_surface_t* figure, const media::Rectangle& box, media::Frame& out);

void copy_box(const media::Frame& from, const media::Rectangle& box, media::Frame& to);

}  // namespace understudy::avatar
