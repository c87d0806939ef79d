// Where a photograph lies on a canvas, so that the face is large enough to be read and the head is
// not cut; and the canvas' picture made of it.
#pragma once

#include "face/face_finder.h"
#include "media/frame.h"

namespace understudy::avatar {

enum class PhotoFit {
  face,     // close enough to see a mouth speak, as far as the picture has the detail
  cover,    // the largest part of the picture that fills the canvas
  contain,  // all of it, in front of a blurred copy of itself
};

struct PhotoPlacement {
  double scale = 1;  // picture pixels to canvas pixels
  double x = 0;      // of the picture's upper left corner on the canvas
  double y = 0;
};

PhotoPlacement place_photo(int photo_width, int photo_height, const face::Face& face, int width,
                           int height, PhotoFit fit);

// The canvas at `factor` times its size: the photograph, and where it does not reach a blurred,
// darker copy of it; or nothing, when it `keeps_alpha`.
media::Image photo_on_canvas(const media::Image& photo, const PhotoPlacement& placement, int width,
                             int height, int factor, bool keeps_alpha = false);

}  // namespace understudy::avatar
