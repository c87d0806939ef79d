// The floor under write_video(): how long encoding alone takes for the very same pictures, sound
// and settings. Only for benchmarks.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "compose/video_output.h"

namespace understudy::compose {

struct EncodeFloor {
  double seconds = 0;  // from opening the file to its last byte
  int frames = 0;
  std::int64_t bytes = 0;
};

// Draws all pictures first, untimed, keeping what changed from one to the next in memory (for a
// presenter about a megabyte each at 1080p); then encodes them to `file`, timed.
Result<EncodeFloor> measure_encode_floor(FrameSource& source, const Soundtrack& sound,
                                         const VideoOptions& options,
                                         const std::filesystem::path& file);

}  // namespace understudy::compose
