// A photograph without its background: the person as an image with alpha, the light of what stood
// behind taken out of the edges. Once per photograph; the 2.5D movement of a talking photograph
// moves it like any other texture. About half a second. Any thread.
#pragma once

#include "avatar/matte.h"
#include "base/result.h"
#include "face/face_finder.h"
#include "media/frame.h"

namespace understudy::avatar {

struct PhotoMatte {
  media::Image cut;  // of the photograph's size
  MatteReport report;
};

// Errors: invalid_parameter, with the reason for the user, when nothing but a guess would decide
// where the person ends.
Result<PhotoMatte> cut_out_photo(const media::Image& photo, const face::Face& face);

}  // namespace understudy::avatar
