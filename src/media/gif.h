// An animated GIF from video frames: small, one palette for all of it, endless.
// Frames are shrunk as they come (about a millisecond each at 1080p), coded by finish().
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "media/frame.h"

namespace understudy::media {

class GifWriter {
 public:
  // The longer side of the GIF in pixels; its shape is that of the first frame.
  GifWriter(int side_max, int fps) : side_max_(side_max), fps_(fps) {}

  void add(const Frame& frame);  // transparent parts on white

  // Errors: engine_failed (no frames), storage_failed.
  Result<void> finish(const std::filesystem::path& path) const;

 private:
  int side_max_;
  int fps_;
  std::vector<Image> frames_;
};

}  // namespace understudy::media
