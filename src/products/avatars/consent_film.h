// What a film of a consent shows, for `understudy inspect-consent`; its bytes are hostile.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace understudy::avatars {

// {"mime", "duration_ms", "width", "height", "frames_seen", "face_share", "loudness_lufs"}. Errors:
// invalid_parameter with a sentence for the person before the camera: no film, too short or long,
// no sound, silence, no face.
Result<json::object> inspect_consent(const std::filesystem::path& file);

}  // namespace understudy::avatars
