#include "media/inspect.h"

namespace understudy::media {

std::string_view to_string(MediaKind kind) {
  switch (kind) {
    case MediaKind::image: return "image";
    case MediaKind::audio: return "audio";
    case MediaKind::video: return "video";
    case MediaKind::document: return "document";
  }
  return "document";
}

json::object to_json(const MediaInfo& info) {
  return {{"mime", info.mime},
          {"kind", to_string(info.kind)},
          {"bytes", info.bytes},
          {"width", info.width},
          {"height", info.height},
          {"fps", info.fps},
          {"rate", json::array{info.rate.pictures, info.rate.seconds}},
          {"frames", info.frames},
          {"duration_ms", info.duration_ms},
          {"has_audio", info.has_audio},
          {"has_alpha", info.has_alpha},
          {"is_hdr", info.is_hdr},
          {"sample_rate", info.sample_rate},
          {"channels", info.channels},
          {"video_codec", info.video_codec},
          {"audio_codec", info.audio_codec}};
}

FrameRate rate_from(const json::object& object) {
  const auto* rate = object.if_contains("rate");
  if (rate == nullptr || !rate->is_array() || rate->get_array().size() != 2) return {};
  const auto part = [&](std::size_t i) {
    const auto& value = rate->get_array()[i];
    return value.is_int64() && value.get_int64() > 0 && value.get_int64() < (1 << 30)
               ? static_cast<int>(value.get_int64())
               : 0;
  };
  return part(0) > 0 && part(1) > 0 ? FrameRate(part(0), part(1)) : FrameRate();
}

Result<MediaInfo> media_info_from(const json::object& object) {
  MediaInfo info;
  info.mime = string_or(object, "mime");
  const auto kind = string_or(object, "kind");
  bool is_known = false;
  for (const auto candidate :
       {MediaKind::image, MediaKind::audio, MediaKind::video, MediaKind::document}) {
    if (to_string(candidate) != kind) continue;
    info.kind = candidate;
    is_known = true;
  }
  if (info.mime.empty() || !is_known) {
    return fail(ErrorCode::internal_error, "The description of a media file is incomplete.");
  }
  info.bytes = int_or(object, "bytes", 0);
  info.width = static_cast<int>(int_or(object, "width", 0));
  info.height = static_cast<int>(int_or(object, "height", 0));
  info.fps = number_or(object, "fps", 0);
  info.rate = rate_from(object);
  info.frames = int_or(object, "frames", 0);
  info.duration_ms = int_or(object, "duration_ms", 0);
  info.has_audio = bool_or(object, "has_audio", false);
  info.has_alpha = bool_or(object, "has_alpha", false);
  info.is_hdr = bool_or(object, "is_hdr", false);
  info.sample_rate = static_cast<int>(int_or(object, "sample_rate", 0));
  info.channels = static_cast<int>(int_or(object, "channels", 0));
  info.video_codec = string_or(object, "video_codec");
  info.audio_codec = string_or(object, "audio_codec");
  return info;
}

}  // namespace understudy::media
