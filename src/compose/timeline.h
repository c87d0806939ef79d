// Timeline: scenes one after the other, each with its own pictures, as one source of frames; and
// where each of them lies, to the frame.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "compose/video_output.h"
#include "media/audio.h"

namespace understudy::compose {

// How long a scene is: a stated length, or a sound that must not be cut.
struct SceneLength {
  double seconds = 0;
  bool is_sound = false;  // whole frames, rounded up
};

struct ScenePlace {
  int first_frame = 0;
  int frame_count = 0;  // at least 1
};

// Stated lengths are rounded at the scenes' borders, not one by one, so that fifty scenes of half a
// second are 25 s long and no rounding adds up. Requires: lengths >= 0.
std::vector<ScenePlace> place_scenes(std::span<const SceneLength> lengths, int fps);

// Samples of sound per frame at 48 kHz; fps divides 48000.
inline std::int64_t samples_of(int frames, int fps) {
  return std::int64_t{frames} * media::kAudioRate / fps;
}

class Timeline final : public FrameSource {
 public:
  struct Scene {
    int frame_count = 0;
    // Called when the scene begins; what it made is gone when the next one begins.
    std::function<Result<std::unique_ptr<FrameSource>>()> open;
  };
  explicit Timeline(std::vector<Scene> scenes);

  int frame_count() const override { return frame_count_; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  std::vector<Scene> scenes_;
  int frame_count_ = 0;
  std::size_t next_scene_ = 0;  // that has not begun
  int scene_start_ = 0;         // of the one that runs
  int scene_end_ = 0;
  std::unique_ptr<FrameSource> source_;
};

}  // namespace understudy::compose
