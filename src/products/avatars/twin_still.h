// The picture of a twin's film that shows best who it is.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "face/face_finder.h"
#include "face/face_track.h"
#include "media/image.h"

namespace understudy::avatars {

// A picture for the preview: trusted, silent if there is one, from the front. Of the few best ones
// the first in which a still's face is found too, which tells more of it; else the best.
// Errors: invalid_parameter (the face is nowhere followed, or the film cannot be read).
Result<std::optional<face::Face>> best_still(const std::filesystem::path& film,
                                             const face::FaceTrack& track,
                                             const std::vector<bool>& talking,
                                             media::Image& picture);

}  // namespace understudy::avatars
