// Sound files in and out. In memory all sound is float, 48 kHz, -1..1, interleaved when stereo.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace understudy::media {

inline constexpr int kAudioRate = 48'000;

struct AudioClip {
  int channels = 1;
  std::vector<float> samples;
  std::int64_t frames() const { return static_cast<std::int64_t>(samples.size()) / channels; }
  double duration_s() const { return static_cast<double>(frames()) / kAudioRate; }
};

struct AudioLimits {
  double duration_s_max = 7200;
};

// The first sound track of a sound or video file, mixed down to mono or brought to stereo.
// Errors: invalid_parameter (not readable, too long, damaged), no_audio_track (a video without
// sound).
Result<AudioClip> decode_audio(const std::filesystem::path& path, int channels = 1,
                               const AudioLimits& limits = {});

// What a mix takes of a file: from `start_s` on, `length_s` of it at most, `factor` times as fast
// at its own pitch (0.1..10). In steps of 16 bits, and tempo before rate, as the ffmpeg tool has it
// when it writes PCM: two programs that mix like that have the same samples to the last bit. One
// channel is heard from both sides as loud as it is. Errors as above; a track whose format changes
// on the way is invalid_parameter.
struct AudioCut {
  double start_s = 0;
  double length_s = 0;
  double factor = 1;
};
Result<AudioClip> decode_cut(const std::filesystem::path& path, const AudioCut& cut,
                             const AudioLimits& limits = {});

// What decoding a track found, without keeping it.
struct AudioScan {
  std::int64_t samples = 0;  // per channel, at sample_rate
  int sample_rate = 0;
  int channels = 0;
  std::int64_t packets = 0;
  int broken_packets = 0;
};
Result<AudioScan> scan_audio(const std::filesystem::path& path, const AudioLimits& limits = {});

enum class AudioFormat { wav, mp3 };

// wav: 16 bit; mp3: 128 kbit/s (libmp3lame), gapless tags. Errors: storage_failed, engine_failed.
Result<void> write_audio_file(const std::filesystem::path& path, std::span<const float> samples,
                              AudioFormat format, int channels = 1,
                              const std::map<std::string, std::string>& metadata = {});

}  // namespace understudy::media
