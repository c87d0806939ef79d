// The landmarks of a frontal face without any trained landmark file: eyes by a Haar cascade, the
// hand-made mean shape turned to them, then the picture itself decides where the mouth lies (the
// dark line between the lips and the red of the lips), how wide it is, and whether teeth show.
// Every stage has a prior from the mean shape. What does not hold together is refused, never
// guessed. Method and figures: decision 21.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "face/dlib_face.h"
#include "face/landmarks.h"
#include "media/frame.h"

namespace understudy::face {

// What a detector of five points found, when one is configured.
struct FivePoints {
  Point left_eye;
  Point right_eye;
  Point nose;
  Point left_corner;
  Point right_corner;
};

// `points`: in place of the search for eyes, and as the prior of the mouth. Errors:
// invalid_parameter: which part of the face could not be found, for the user.
Result<Landmarks> fit_landmarks(const media::Image& picture, const Detection& face,
                                const std::optional<FivePoints>& points = std::nullopt);

}  // namespace understudy::face
