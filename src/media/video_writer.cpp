#include "media/video_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "media/av_handles.h"
#include "media/pixels.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace understudy::media {
namespace {

constexpr int kAudioRate = 48'000;
constexpr int kSideMax = 8192;
constexpr int kFpsMax = 240;

tl::unexpected<Error> encoder_failure(std::string_view what, int status) {
  return av_failure(ErrorCode::engine_failed, "The video could not be encoded.", what, status);
}

tl::unexpected<Error> file_failure(std::string_view what, int status) {
  return av_failure(ErrorCode::storage_failed, "The video file could not be written.", what,
                    status);
}

Result<void> check(const VideoSettings& settings) {
  const bool is_size_fine = settings.width >= 16 && settings.height >= 16 &&
                            settings.width <= kSideMax && settings.height <= kSideMax &&
                            settings.width % 2 == 0 && settings.height % 2 == 0;
  if (!is_size_fine) {
    return fail(ErrorCode::invalid_parameter, "Width and height must be even, from 16 to 8192.");
  }
  if (settings.fps.per_s() < 1 || settings.fps.per_s() > kFpsMax) {
    return fail(ErrorCode::invalid_parameter, "Frames per second must be from 1 to 240.");
  }
  if (settings.has_alpha && settings.format == VideoFormat::mp4) {
    return fail(ErrorCode::invalid_parameter, "Only webm and mov can be transparent.");
  }
  if (settings.audio_channels != 1 && settings.audio_channels != 2) {
    return fail(ErrorCode::invalid_parameter, "Sound has one or two channels.");
  }
  return {};
}

struct Codecs {
  const char* container;
  const char* video;
  const char* audio;
};

Codecs codecs_of(VideoFormat format) {
  switch (format) {
    case VideoFormat::mp4: return {"mp4", "libx264", "aac"};
    case VideoFormat::webm: return {"webm", "libvpx-vp9", "libopus"};
    case VideoFormat::mov: return {"mov", "prores_ks", "aac"};
  }
  std::abort();
}

AVPixelFormat pixel_format_of(const VideoSettings& settings) {
  if (settings.format == VideoFormat::mov) {
    return settings.has_alpha ? AV_PIX_FMT_YUVA444P10 : AV_PIX_FMT_YUV444P10;
  }
  return settings.has_alpha ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
}

struct ContainerDeleter {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};

// An AVBufferRef over memory that the caller keeps.
AVBufferRef* lend(const std::vector<std::uint8_t>& plane) {
  // FFmpeg takes a mutable pointer; READONLY makes it copy instead of writing.
  return av_buffer_create(
      const_cast<std::uint8_t*>(plane.data()), plane.size(), [](void*, std::uint8_t*) {}, nullptr,
      AV_BUFFER_FLAG_READONLY);
}

void set_speed_options(AVCodecContext& context, const VideoSettings& settings) {
  const auto set = [&](const char* key, const char* value) {
    av_opt_set(context.priv_data, key, value, 0);
  };
  if (settings.format == VideoFormat::mp4) {
    set("preset", settings.preset.c_str());
    set("crf", std::to_string(settings.crf > 0 ? settings.crf : 23).c_str());
    if (!settings.x264_options.empty()) set("x264-params", settings.x264_options.c_str());
    return;
  }
  if (settings.format == VideoFormat::mov) {
    set("profile", "4444");
    set("vendor", "apl0");  // players that check the maker take it for Apple's own
    set("alpha_bits", settings.has_alpha ? "16" : "0");
    return;
  }
  context.bit_rate = 0;  // constant quality
  set("crf", std::to_string(settings.crf > 0 ? settings.crf : 31).c_str());
  constexpr int kLiveSpeed = 6;
  set("deadline", settings.vp9_speed >= kLiveSpeed ? "realtime" : "good");
  set("cpu-used", std::to_string(settings.vp9_speed).c_str());
  set("row-mt", "1");
  set("tile-columns", "2");
  if (settings.has_alpha) set("auto-alt-ref", "0");  // libvpx has none together with alpha
}

}  // namespace

struct VideoWriter::State {
  VideoSettings settings;
  std::unique_ptr<AVFormatContext, ContainerDeleter> container;
  AvPtr<AVCodecContext> video;
  AvPtr<AVCodecContext> audio;
  AVStream* video_stream = nullptr;
  AVStream* audio_stream = nullptr;
  AvPtr<AVFrame> picture{av_frame_alloc()};
  AvPtr<AVFrame> sound{av_frame_alloc()};
  AvPtr<AVPacket> packet{av_packet_alloc()};
  std::vector<float> pending;     // sound not encoded yet, interleaved
  std::size_t pending_start = 0;  // values of `pending` already encoded
  std::int64_t frames = 0;
  std::int64_t audio_samples = 0;  // per channel, encoded
  bool is_finished = false;

  Result<void> write_wide(const Frame& frame);
  Result<void> send(AVFrame& picture);
  Result<void> open_container();
  Result<void> open_video();
  Result<void> open_audio();
  Result<void> open_file();
  Result<void> drain(AVCodecContext& codec, AVStream& stream);
  bool place_opus();
  Result<void> encode_audio_until(std::int64_t sample_end, bool is_last);
  Result<void> encode_audio_block(int count);
  std::int64_t samples_at(std::int64_t frame) const {
    return frame * kAudioRate * settings.fps.seconds / settings.fps.pictures;
  }
};

Result<void> VideoWriter::State::open_container() {
  AVFormatContext* context = nullptr;
  const char* name = codecs_of(settings.format).container;
  const int status = avformat_alloc_output_context2(&context, nullptr, name, settings.path.c_str());
  if (status < 0) return encoder_failure("avformat_alloc_output_context2", status);
  container.reset(context);
  // Opus comes with times that start before zero; place_opus() does better than shifting
  // everything.
  if (settings.format == VideoFormat::webm) context->avoid_negative_ts = 0;
  for (const auto& [key, value] : settings.metadata) {
    av_dict_set(&context->metadata, key.c_str(), value.c_str(), 0);
  }
  return {};
}

Result<void> VideoWriter::State::open_video() {
  const char* name = codecs_of(settings.format).video;
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (codec == nullptr) {
    return fail(ErrorCode::engine_failed,
                std::string("This system's FFmpeg has no encoder ") + name + ".");
  }
  video.reset(avcodec_alloc_context3(codec));
  video->width = settings.width;
  video->height = settings.height;
  video->time_base = {settings.fps.seconds, settings.fps.pictures};
  video->framerate = {settings.fps.pictures, settings.fps.seconds};
  video->pix_fmt = pixel_format_of(settings);
  video->color_range = AVCOL_RANGE_MPEG;
  video->color_primaries = static_cast<AVColorPrimaries>(settings.colours.primaries);
  video->color_trc = static_cast<AVColorTransferCharacteristic>(settings.colours.transfer);
  video->colorspace = static_cast<AVColorSpace>(settings.colours.matrix);
  video->sample_aspect_ratio = {1, 1};
  video->gop_size = static_cast<int>(std::ceil(2 * settings.fps.per_s()));
  video->thread_count = settings.threads > 0
                            ? settings.threads
                            : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if ((container->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
    video->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  set_speed_options(*video, settings);
  if (const int status = avcodec_open2(video.get(), codec, nullptr); status < 0) {
    return encoder_failure(name, status);
  }
  video_stream = avformat_new_stream(container.get(), nullptr);
  video_stream->time_base = video->time_base;
  video_stream->avg_frame_rate = video->framerate;
  avcodec_parameters_from_context(video_stream->codecpar, video.get());
  if (settings.has_alpha) av_dict_set(&video_stream->metadata, "alpha_mode", "1", 0);
  return {};
}

Result<void> VideoWriter::State::open_audio() {
  const char* name = codecs_of(settings.format).audio;
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (codec == nullptr) {
    return fail(ErrorCode::engine_failed,
                std::string("This system's FFmpeg has no encoder ") + name + ".");
  }
  audio.reset(avcodec_alloc_context3(codec));
  audio->sample_rate = kAudioRate;
  audio->sample_fmt = settings.format == VideoFormat::webm ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
  av_channel_layout_default(&audio->ch_layout, settings.audio_channels);
  audio->bit_rate = settings.audio_bit_rate;
  audio->time_base = {1, kAudioRate};
  if ((container->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
    audio->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  if (const int status = avcodec_open2(audio.get(), codec, nullptr); status < 0) {
    return encoder_failure(name, status);
  }
  audio_stream = avformat_new_stream(container.get(), nullptr);
  audio_stream->time_base = audio->time_base;
  avcodec_parameters_from_context(audio_stream->codecpar, audio.get());
  return {};
}

Result<void> VideoWriter::State::open_file() {
  int status = avio_open(&container->pb, settings.path.c_str(), AVIO_FLAG_WRITE);
  if (status < 0) return file_failure("avio_open", status);
  AVDictionary* options = nullptr;
  if (settings.format != VideoFormat::webm) av_dict_set(&options, "movflags", "+faststart", 0);
  status = avformat_write_header(container.get(), &options);
  av_dict_free(&options);
  if (status < 0) return file_failure("avformat_write_header", status);
  return {};
}

// Matroska wants block times without the encoder's delay, which stands in CodecDelay (FFmpeg 5.1
// leaves that to its caller). The last block must not reach beyond the last picture; when nothing
// but the delay is left of it (6.5 ms) it is left out. Returns whether to write the packet.
bool VideoWriter::State::place_opus() {
  packet->pts += audio->initial_padding;
  packet->dts += audio->initial_padding;
  if (!is_finished) return true;
  const std::int64_t left = samples_at(frames) - packet->pts;
  packet->duration = std::min(left, packet->duration);
  return left >= kAudioRate / 1000;  // Matroska counts in milliseconds
}

Result<void> VideoWriter::State::drain(AVCodecContext& codec, AVStream& stream) {
  for (;;) {
    int status = avcodec_receive_packet(&codec, packet.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
    if (status < 0) return encoder_failure("avcodec_receive_packet", status);
    if (packet->duration == 0 && &stream == video_stream) packet->duration = 1;
    const bool is_opus = settings.format == VideoFormat::webm && &stream == audio_stream;
    if (is_opus && !place_opus()) continue;
    av_packet_rescale_ts(packet.get(), codec.time_base, stream.time_base);
    packet->stream_index = stream.index;
    status = av_interleaved_write_frame(container.get(), packet.get());
    if (status < 0) return file_failure("av_interleaved_write_frame", status);
  }
}

// One block of the encoder's frame size; the last may be shorter. Silence stands in for what has
// not come.
Result<void> VideoWriter::State::encode_audio_block(int count) {
  const int channels = settings.audio_channels;
  const auto values = static_cast<std::size_t>(count) * static_cast<std::size_t>(channels);
  const auto have = std::min(values, pending.size() - pending_start);
  std::vector<float> block(values, 0.0F);
  std::copy_n(pending.begin() + static_cast<std::ptrdiff_t>(pending_start), have, block.begin());
  pending_start += have;

  av_frame_unref(sound.get());
  sound->nb_samples = count;
  sound->format = audio->sample_fmt;
  sound->sample_rate = kAudioRate;
  av_channel_layout_copy(&sound->ch_layout, &audio->ch_layout);
  if (const int status = av_frame_get_buffer(sound.get(), 0); status < 0) {
    return encoder_failure("av_frame_get_buffer", status);
  }
  if (audio->sample_fmt == AV_SAMPLE_FMT_FLT) {
    std::memcpy(sound->data[0], block.data(), values * sizeof(float));
  } else {
    for (int channel = 0; channel < channels; ++channel) {
      auto* plane = reinterpret_cast<float*>(sound->extended_data[channel]);
      for (int i = 0; i < count; ++i) {
        plane[i] = block[static_cast<std::size_t>(i) * channels + channel];
      }
    }
  }
  sound->pts = audio_samples;
  audio_samples += count;
  if (const int status = avcodec_send_frame(audio.get(), sound.get()); status < 0) {
    return encoder_failure("avcodec_send_frame audio", status);
  }
  return drain(*audio, *audio_stream);
}

// Encodes whole blocks that end at or before `sample_end`; with `is_last` also the rest.
Result<void> VideoWriter::State::encode_audio_until(std::int64_t sample_end, bool is_last) {
  const int block = audio->frame_size > 0 ? audio->frame_size : 1024;
  const auto channels = static_cast<std::size_t>(settings.audio_channels);
  while (audio_samples < sample_end) {
    const auto left = sample_end - audio_samples;
    const bool is_here =
        pending.size() - pending_start >= static_cast<std::size_t>(block) * channels;
    if (!is_last && (left < block || !is_here)) break;
    TRY(encode_audio_block(static_cast<int>(std::min<std::int64_t>(left, block))));
  }
  if (pending_start > (1U << 20)) {
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(pending_start));
    pending_start = 0;
  }
  return {};
}

// Encodes one picture and the sound beside it.
Result<void> VideoWriter::State::send(AVFrame& frame) {
  frame.color_range = AVCOL_RANGE_MPEG;
  frame.colorspace = video->colorspace;
  frame.color_primaries = video->color_primaries;
  frame.color_trc = video->color_trc;
  frame.pts = frames;
  if (const int status = avcodec_send_frame(video.get(), &frame); status < 0) {
    return encoder_failure("avcodec_send_frame video", status);
  }
  TRY(drain(*video, *video_stream));
  ++frames;
  if (audio) TRY(encode_audio_until(samples_at(frames), false));
  return {};
}

// ProRes takes 10 bits and full chroma: from the picture that the planes were made of, when the
// frame carries it, else the planes are widened.
Result<void> VideoWriter::State::write_wide(const Frame& frame) {
  AVFrame& wide = *picture;
  av_frame_unref(&wide);
  wide.format = video->pix_fmt;
  wide.width = frame.width;
  wide.height = frame.height;
  if (const int status = av_frame_get_buffer(&wide, 0); status < 0) {
    return encoder_failure("av_frame_get_buffer", status);
  }
  PictureView target = view_of(wide);
  target.colour_matrix = SWS_CS_ITU709;
  PictureView source = view_of(frame);
  if (!frame.rgba.empty()) {
    source.format = AV_PIX_FMT_RGBA;
    source.data = {const_cast<std::uint8_t*>(frame.rgba.data()), nullptr, nullptr, nullptr};
    source.stride = {frame.width * 4, 0, 0, 0};
  } else if (settings.has_alpha) {
    source.format = AV_PIX_FMT_YUVA420P;
    source.data[3] = const_cast<std::uint8_t*>(frame.alpha.data());
    source.stride[3] = frame.width;
  }
  TRY(convert(source, target));
  auto sent = send(wide);
  av_frame_unref(&wide);
  return sent;
}

VideoWriter::VideoWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter& VideoWriter::operator=(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

Result<VideoWriter> VideoWriter::open(VideoSettings settings) {
  use_own_av_log();
  TRY(check(settings));
  auto state = std::make_unique<State>();
  state->settings = std::move(settings);
  TRY(state->open_container());
  TRY(state->open_video());
  if (state->settings.has_audio) TRY(state->open_audio());
  TRY(state->open_file());
  return VideoWriter(std::move(state));
}

Result<void> VideoWriter::write(const Frame& frame) {
  State& s = *state_;
  assert(frame.width == s.settings.width && frame.height == s.settings.height);
  assert(!s.settings.has_alpha || !frame.alpha.empty());
  if (s.settings.format == VideoFormat::mov) return s.write_wide(frame);
  AVFrame& picture = *s.picture;
  picture.format = s.video->pix_fmt;
  picture.width = frame.width;
  picture.height = frame.height;
  const std::array planes = {&frame.y, &frame.u, &frame.v, &frame.alpha};
  for (std::size_t i = 0; i < (s.settings.has_alpha ? 4U : 3U); ++i) {
    picture.buf[i] = lend(*planes[i]);
    picture.data[i] = picture.buf[i]->data;
    picture.linesize[i] = i == 1 || i == 2 ? frame.width / 2 : frame.width;
  }
  auto sent = s.send(picture);
  // Both encoders copy the picture into their own look-ahead before they return; nobody else may
  // hold on to memory that is only lent.
  assert(av_buffer_get_ref_count(picture.buf[0]) == 1);
  av_frame_unref(&picture);
  return sent;
}

Result<void> VideoWriter::hold() {
  State& s = *state_;
  assert(s.frames > 0);
  ++s.frames;
  if (s.audio) TRY(s.encode_audio_until(s.samples_at(s.frames), false));
  return {};
}

Result<void> VideoWriter::write_audio(std::span<const float> samples) {
  assert(state_->settings.has_audio);
  state_->pending.insert(state_->pending.end(), samples.begin(), samples.end());
  return {};
}

Result<VideoSummary> VideoWriter::finish() {
  State& s = *state_;
  if (s.frames == 0 || s.is_finished) {
    return fail(ErrorCode::engine_failed, "A video needs at least one frame.");
  }
  s.is_finished = true;
  if (s.audio) {
    TRY(s.encode_audio_until(s.samples_at(s.frames), true));
    avcodec_send_frame(s.audio.get(), nullptr);
    TRY(s.drain(*s.audio, *s.audio_stream));
  }
  avcodec_send_frame(s.video.get(), nullptr);
  TRY(s.drain(*s.video, *s.video_stream));
  int status = av_write_trailer(s.container.get());
  if (status < 0) return file_failure("av_write_trailer", status);
  status = avio_closep(&s.container->pb);
  if (status < 0) return file_failure("avio_closep", status);
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(s.settings.path, failed);
  if (failed) return fail(ErrorCode::storage_failed, "The video file could not be written.");
  return VideoSummary{.frames = s.frames,
                      .audio_samples = s.audio_samples,
                      .bytes = static_cast<std::int64_t>(bytes)};
}

std::map<std::string, std::string> provenance_tags(std::string_view title,
                                                   std::string_view engine) {
  std::map<std::string, std::string> tags;
  if (!title.empty()) tags["title"] = std::string(title);
  tags["comment"] =
      "Synthetic media, generated by Understudy (engine: " + std::string(engine) + ").";
  return tags;
}

}  // namespace understudy::media
