// What a few pictures of a twin's film show beside its one face: others, too little light, a hand
// that shakes.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "face/face_track.h"

namespace understudy::avatars {

struct FootageView {
  double several_share = 0;    // of the pictures in which more than one large face is seen
  double picture_light = 128;  // mean luma of all of the pictures, 16..235
  double face_light = 128;     // of the faces that are followed
  double shake = 0;            // how far the face jumps to and fro, eye distances a picture
};

// `film`: FilmFrames can read it, of the track's size. A track without pictures: nothing could be
// followed. Errors: invalid_parameter (it cannot be
// read).
Result<FootageView> look_at_footage(const std::filesystem::path& film,
                                    const face::FaceTrack& track);

// Exposed for tests: FootageView::shake.
double shake_of(const face::FaceTrack& track);

}  // namespace understudy::avatars
