#include "media/inspect.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "media/audio.h"
#include "media/captions.h"
#include "media/container.h"
#include "media/container_check.h"
#include "media/image.h"
#include "media/mapped_file.h"
#include "media/mpeg_audio.h"
#include "media/sniff.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

namespace understudy::media {
namespace {

constexpr int kPicturesDecoded = 12;  // of a video: enough to see that its decoder works

MediaKind kind_of(std::string_view mime) {
  if (mime == "image/svg+xml") return MediaKind::document;  // never rasterised here
  if (mime.starts_with("image/")) return MediaKind::image;
  if (mime.starts_with("audio/")) return MediaKind::audio;
  if (mime.starts_with("video/")) return MediaKind::video;
  return MediaKind::document;
}

std::string names_of(const std::vector<MediaKind>& kinds) {
  std::string out;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) out += i + 1 == kinds.size() ? " or " : ", ";
    out += kinds[i] == MediaKind::image   ? "an image"
           : kinds[i] == MediaKind::audio ? "audio"
           : kinds[i] == MediaKind::video ? "a video"
                                          : "a document";
  }
  return out;
}

Result<void> check_kind(const MediaInfo& info, const std::vector<MediaKind>& expected) {
  if (expected.empty() || std::find(expected.begin(), expected.end(), info.kind) != expected.end())
    return {};
  return fail(ErrorCode::invalid_parameter,
              "The file is " + info.mime + "; " + names_of(expected) + " is needed here.");
}

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::invalid_parameter,
              std::string("The ") + what + " is damaged and cannot be decoded.");
}

// The skeleton of the container: is everything there that the file announces?
Result<void> check_skeleton(std::string_view file, std::string_view mime) {
  if (mime == "audio/wav") return check_wav(file);
  if (mime == "audio/mpeg") return check_mpeg_audio(file);
  if (mime == "audio/aac") return check_adts_audio(file);
  if (mime == "image/gif") return check_gif(file);
  if (mime == "audio/ogg") return check_ogg(file);
  if (mime == "video/mp4" || mime == "video/quicktime" || mime == "audio/mp4")
    return check_boxes(file);
  if (mime == "video/webm" || mime == "video/x-matroska") return check_ebml(file);
  return {};
}

Result<void> fill_audio(const std::filesystem::path& path, const InspectLimits& limits,
                        MediaInfo& info, std::int64_t announced_samples = 0) {
  auto scan = scan_audio(path, {.duration_s_max = limits.duration_s_max});
  if (!scan && scan.error().code == ErrorCode::no_audio_track) {
    return fail(ErrorCode::invalid_parameter, "The file holds no sound.");
  }
  TRY_ASSIGN(const auto found, std::move(scan));
  // FLAC states its length in samples; every other format has been measured by its bytes.
  if (info.mime == "audio/flac" && announced_samples > found.samples) {
    return fail(ErrorCode::invalid_parameter,
                "The FLAC file is truncated: it ends before its sound does.");
  }
  info.has_audio = true;
  info.sample_rate = found.sample_rate;
  info.channels = found.channels;
  if (info.kind == MediaKind::audio) info.duration_ms = found.samples * 1000 / found.sample_rate;
  return {};
}

bool is_turned(const AVStream& stream) {
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return false;
  const double degrees = std::abs(av_display_rotation_get(matrix));
  return degrees > 45 && degrees < 135;
}

bool has_alpha_channel(const AVStream& stream) {
  const auto* description =
      av_pix_fmt_desc_get(static_cast<AVPixelFormat>(stream.codecpar->format));
  const auto* tag = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
  return (description != nullptr && (description->flags & AV_PIX_FMT_FLAG_ALPHA) != 0) ||
         (tag != nullptr && std::string_view(tag->value) == "1");
}

// Reads every packet of the picture track and decodes the first pictures.
class PictureScan {
 public:
  PictureScan(const Container& container, const InspectLimits& limits)
      : container_(container), limits_(limits) {}

  Result<void> run(MediaInfo& info) {
    const AVStream& stream = *container_.video();
    TRY(check_size(stream));
    TRY_ASSIGN(const auto decoder, Container::open_decoder(stream, 1));
    const AvPtr<AVPacket> packet(av_packet_alloc());
    for (;;) {
      TRY_ASSIGN(const bool is_there, container_.read(*packet));
      if (!is_there) break;
      auto seen =
          packet->stream_index == stream.index ? see(stream, *decoder, *packet) : Result<void>();
      av_packet_unref(packet.get());
      TRY(std::move(seen));
    }
    if (decoded_ < kPicturesDecoded) TRY(decode(*decoder, nullptr));
    if (packets_ == 0 || decoded_ == 0) return damaged("video");
    return fill(stream, info);
  }

 private:
  Result<void> check_size(const AVStream& stream) const {
    const std::int64_t pixels = std::int64_t{stream.codecpar->width} * stream.codecpar->height;
    if (pixels <= 0) return damaged("video");
    if (pixels > limits_.video_pixels_max) {
      return fail(ErrorCode::invalid_parameter, "The video has more pixels than 4096 x 2160.");
    }
    return {};
  }

  Result<void> see(const AVStream& stream, AVCodecContext& decoder, const AVPacket& packet) {
    if (++packets_ > limits_.frames_max)
      return fail(ErrorCode::video_too_long, "The video has too many frames.");
    if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) {
      return fail(ErrorCode::invalid_parameter,
                  "The video file is truncated: a picture ends early.");
    }
    if (packet.pts != AV_NOPTS_VALUE) {
      const double end_s =
          static_cast<double>(packet.pts + packet.duration) * av_q2d(stream.time_base);
      const double start_s = static_cast<double>(packet.pts) * av_q2d(stream.time_base);
      times_s_.push_back(start_s);
      start_s_ = start_s_ ? std::min(*start_s_, start_s) : start_s;
      end_s_ = std::max(end_s_, end_s);
    }
    if (end_s_ - start_s_.value_or(0) > limits_.duration_s_max) {
      return fail(ErrorCode::video_too_long,
                  "The video is longer than " +
                      std::to_string(static_cast<int>(limits_.duration_s_max)) + " seconds.");
    }
    if (decoded_ >= kPicturesDecoded) return {};
    return decode(decoder, &packet);
  }

  Result<void> decode(AVCodecContext& decoder, const AVPacket* packet) {
    return decode_packet(decoder, packet, *frame_, broken_,
                         [&](const AVFrame& frame) -> Result<void> {
                           if (std::int64_t{frame.width} * frame.height > limits_.video_pixels_max)
                             return damaged("video");
                           ++decoded_;
                           return {};
                         });
  }

  Result<void> fill(const AVStream& stream, MediaInfo& info) const {
    const double duration_s = end_s_ - start_s_.value_or(0);
    const bool is_turned_stream = is_turned(stream);
    info.width = is_turned_stream ? stream.codecpar->height : stream.codecpar->width;
    info.height = is_turned_stream ? stream.codecpar->width : stream.codecpar->height;
    info.frames = packets_;
    info.duration_ms = std::llround(duration_s * 1000);
    const double tagged = stream.avg_frame_rate.den > 0 ? av_q2d(stream.avg_frame_rate) : 0;
    info.fps = tagged > 0       ? tagged
               : duration_s > 0 ? static_cast<double>(packets_) / duration_s
                                : 0;
    const auto [pictures, seconds] = stream.avg_frame_rate;
    const bool is_tagged = pictures > 0 && seconds > 0;
    info.rate = rate_of_times(times_s_, av_q2d(stream.time_base),
                              is_tagged ? FrameRate(pictures, seconds) : FrameRate(0));
    info.has_alpha = has_alpha_channel(stream);
    const auto curve = stream.codecpar->color_trc;
    info.is_hdr = curve == AVCOL_TRC_SMPTE2084 || curve == AVCOL_TRC_ARIB_STD_B67;
    info.video_codec = avcodec_get_name(stream.codecpar->codec_id);
    return {};
  }

  const Container& container_;
  const InspectLimits& limits_;
  AvPtr<AVFrame> frame_{av_frame_alloc()};
  std::int64_t packets_ = 0;
  int decoded_ = 0;
  int broken_ = 0;
  std::vector<double> times_s_;  // of all pictures
  std::optional<double> start_s_;
  double end_s_ = 0;
};

// Sound and video in the containers that FFmpeg demuxes. An MP4 without pictures is sound.
Result<void> inspect_streams(const std::filesystem::path& path, const InspectLimits& limits,
                             MediaInfo& info) {
  TRY_ASSIGN(const auto container, Container::open(path, info.mime));
  if (container.audio() != nullptr)
    info.audio_codec = avcodec_get_name(container.audio()->codecpar->codec_id);
  if (container.video() == nullptr) {
    if (container.audio() == nullptr) {
      return fail(ErrorCode::invalid_parameter, "The file holds neither sound nor pictures.");
    }
    info.kind = MediaKind::audio;
    if (info.mime == "video/mp4") info.mime = "audio/mp4";
    if (info.mime == "video/webm") info.mime = "audio/webm";
    return fill_audio(path, limits, info, container.audio()->duration);
  }
  if (info.kind == MediaKind::audio) {  // Ogg Theora and such
    if (container.audio() == nullptr)
      return fail(ErrorCode::invalid_parameter, "The file holds no sound.");
    return fill_audio(path, limits, info);
  }
  PictureScan pictures(container, limits);
  TRY(pictures.run(info));
  if (container.audio() != nullptr) TRY(fill_audio(path, limits, info));
  return {};
}

Result<void> inspect_gif(const std::filesystem::path& path, const InspectLimits& limits,
                         MediaInfo& info) {
  InspectLimits gif_limits = limits;
  gif_limits.frames_max = limits.gif_frames_max;
  TRY_ASSIGN(const auto container, Container::open(path, info.mime));
  if (container.video() == nullptr) return damaged("image");
  PictureScan pictures(container, gif_limits);
  auto scanned = pictures.run(info);
  if (!scanned && scanned.error().code == ErrorCode::video_too_long) {
    return fail(ErrorCode::invalid_parameter, "The GIF has too many frames.");
  }
  return scanned;
}

Result<void> inspect_still(std::string_view file, const InspectLimits& limits, MediaInfo& info) {
  TRY_ASSIGN(const auto image, decode_image(file, {.pixels_max = limits.pixels_max}));
  info.width = image.width;
  info.height = image.height;
  info.has_alpha = has_transparency(image);
  return {};
}

Result<void> inspect_document(std::string_view file, const MediaInfo& info) {
  if (info.mime == "application/x-subrip" || info.mime == "text/vtt") TRY(parse_captions(file));
  if (info.mime == "application/pdf" &&
      file.substr(file.size() - std::min<std::size_t>(file.size(), 2048)).find("%%EOF") ==
          std::string_view::npos) {
    return fail(ErrorCode::invalid_parameter, "The PDF file is truncated: its end is missing.");
  }
  if (info.mime == "application/zip" &&
      file.substr(file.size() - std::min<std::size_t>(file.size(), 65'600)).find("PK\x05\x06") ==
          std::string_view::npos) {
    return fail(ErrorCode::invalid_parameter,
                "The ZIP file is truncated: its directory is missing.");
  }
  return {};
}

}  // namespace

Result<MediaInfo> inspect_file(const std::filesystem::path& path,
                               const std::vector<MediaKind>& expected,
                               const InspectLimits& limits) {
  TRY_ASSIGN(const auto mapped, MappedFile::open(path));
  const std::string_view file = mapped.bytes();
  if (file.empty()) return fail(ErrorCode::invalid_parameter, "The file is empty.");
  MediaInfo info;
  info.bytes = static_cast<std::int64_t>(file.size());
  info.mime = sniff(file.substr(0, kSniffBytes));
  if (info.mime.empty()) {
    const std::string wanted = expected.empty() ? "a known kind of file" : names_of(expected);
    return fail(ErrorCode::invalid_parameter,
                "The content of the file is not " + wanted + ", whatever its name says.");
  }
  info.kind = kind_of(info.mime);
  // Sound may come in a container that is mostly used for video, so that is checked again below.
  if (info.kind != MediaKind::video) TRY(check_kind(info, expected));
  TRY(check_skeleton(file, info.mime));
  if (info.mime == "image/gif") {
    TRY(inspect_gif(path, limits, info));
  } else if (info.kind == MediaKind::image) {
    TRY(inspect_still(file, limits, info));
  } else if (info.kind == MediaKind::document) {
    TRY(inspect_document(file, info));
  } else {
    TRY(inspect_streams(path, limits, info));
  }
  TRY(check_kind(info, expected));
  return info;
}

}  // namespace understudy::media
