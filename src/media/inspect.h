// What a file from outside really is, and whether it is whole. For uploads and fetched inputs,
// before anything is built on them. Runs inside the sandboxed render process: the bytes are
// hostile.
//
// Sound is decoded completely; of videos every packet is read, the first pictures and the whole
// sound track are decoded; still pictures are decoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "media/frame_rate.h"

namespace understudy::media {

enum class MediaKind { image, audio, video, document };
std::string_view to_string(MediaKind kind);

struct MediaInfo {
  std::string mime;  // from the bytes: "video/mp4"
  MediaKind kind = MediaKind::document;
  std::int64_t bytes = 0;
  int width = 0;  // as shown: rotation applied
  int height = 0;
  double fps = 0;           // on average
  FrameRate rate;           // the grid on which each picture of a video has a place (rate_of_times)
  std::int64_t frames = 0;  // of a video or an animated GIF
  std::int64_t duration_ms = 0;  // of sound and video
  bool has_audio = false;
  bool has_alpha = false;
  bool is_hdr = false;  // of a video: PQ or HLG
  int sample_rate = 0;
  int channels = 0;
  std::string video_codec;  // "h264"
  std::string audio_codec;
};

struct InspectLimits {
  std::int64_t pixels_max = 50'000'000;       // of a still
  std::int64_t video_pixels_max = 9'000'000;  // of one frame: up to 4096 x 2160
  double duration_s_max = 7200;
  std::int64_t frames_max = 7200LL * 120;
  int gif_frames_max = 60;
};

// `expected` empty: anything that sniff() knows. Errors, always with a sentence for the user, param
// is the caller's to set: invalid_parameter (empty, of another kind, truncated, damaged, too
// large), video_too_long, storage_failed (the file is not there).
Result<MediaInfo> inspect_file(const std::filesystem::path& path,
                               const std::vector<MediaKind>& expected = {},
                               const InspectLimits& limits = {});

json::object to_json(const MediaInfo& info);
FrameRate rate_from(const json::object& object);  // the member `rate` of what to_json() made
Result<MediaInfo> media_info_from(const json::object& object);  // what to_json() made

}  // namespace understudy::media
