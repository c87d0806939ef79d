// Mix: the sounds of a scene added up, written scene after scene into one file of samples, which
// the encoder then reads as if it were memory. A long video's sound is never held as a whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "base/result.h"
#include "compose/timeline.h"
#include "media/sample_file.h"

namespace understudy::compose {

struct Track {
  std::span<const float> samples = {};  // 48 kHz, interleaved when stereo
  int channels = 1;
  double gain = 1;         // linear
  bool is_looped = false;  // else silence follows its end
};

// Gain that brings a film's or a piece of music's sound down to the loudness of our speech; never
// up: what was made quiet stays quiet.
double gain_below_speech(std::span<const float> samples, int channels);

class Mix {
 public:
  // `channels`: 1 or 2. A mono track is heard from both sides with 3 dB less each, so that its
  // loudness (BS.1770) stays. Errors: storage_failed.
  static Result<Mix> create(const std::filesystem::path& path, int channels);

  // Appends exactly `samples` per channel: the sum of the tracks, cut or followed by silence, below
  // -1 dBFS, with 5 ms of fade where a track or the scene is cut, so that no join clicks.
  Result<void> add_scene(std::int64_t samples, std::span<const Track> tracks);

  Result<void> finish() { return writer_.finish(); }

 private:
  Mix(media::SampleWriter writer, int channels) : writer_(std::move(writer)), channels_(channels) {}

  media::SampleWriter writer_;
  int channels_;
};

}  // namespace understudy::compose
