// What footage of a person is good for: figures of its face, eyes, mouth, movement and sound, what
// the twin may suffer from, and the reason when it cannot be used at all. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "face/face_finder.h"
#include "face/face_track.h"
#include "products/avatars/footage_view.h"

namespace understudy::avatars {

struct FootageFacts {
  double source_fps = 0;
  int source_width = 0;
  int source_height = 0;
  double duration_s = 0;
  bool has_sound = false;
  double loudness_lufs = -70;
  double speech_s = 0;  // in which somebody speaks and the face is followed
  int cut_count = 0;
  FootageView view = {};
};

struct FootageReport {
  json::object found;
  std::vector<std::string> engines;  // "avatar_v", ...
};

// `still`: the face of the best picture, when a still's would be found in it. Errors:
// invalid_parameter: why the footage cannot be used.
Result<FootageReport> report_on(const FootageFacts& facts, const face::FaceTrack& track,
                                const std::optional<face::Face>& still);

// Why footage whose face could nowhere be followed cannot be used, for the user.
Error nobody_followed(const FootageView& view);

}  // namespace understudy::avatars
