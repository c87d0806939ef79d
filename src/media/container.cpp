#include "media/container.h"

#include <array>
#include <utility>

namespace understudy::media {
namespace {

constexpr int kStreamsMax = 16;

// libdav1d before FFmpeg's own av1, which only works with a graphics card.
constexpr const char* kCodecs =
    "h264,hevc,mpeg4,vp8,vp9,libvpx,libvpx-vp9,libdav1d,prores,mjpeg,png,gif,"
    "aac,aac_fixed,mp3,mp3float,mp2,mp2float,mp1float,opus,vorbis,flac,alac,"
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,"
    "pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,gsm_ms";

const char* demuxer_for(std::string_view mime) {
  constexpr std::array<std::pair<std::string_view, const char*>, 12> kDemuxers = {{
      {"video/mp4", "mov"},
      {"video/quicktime", "mov"},
      {"audio/mp4", "mov"},
      {"video/webm", "matroska"},
      {"video/x-matroska", "matroska"},
      {"audio/mpeg", "mp3"},
      {"audio/wav", "wav"},
      {"audio/ogg", "ogg"},
      {"audio/flac", "flac"},
      {"audio/aac", "aac"},
      {"image/gif", "gif"},
      {"", nullptr},
  }};
  for (const auto& [known, name] : kDemuxers) {
    if (known == mime) return name;
  }
  return nullptr;
}

tl::unexpected<Error> unreadable(std::string_view what, int status) {
  return av_failure(ErrorCode::invalid_parameter, "The media file is damaged and cannot be read.",
                    what, status);
}

}  // namespace

Result<Container> Container::open(const std::filesystem::path& path, std::string_view mime) {
  use_own_av_log();
  const char* name = demuxer_for(mime);
  const AVInputFormat* format = name == nullptr ? nullptr : av_find_input_format(name);
  if (format == nullptr) {
    return fail(ErrorCode::invalid_parameter,
                "The file is neither sound nor video that can be read.");
  }
  AVFormatContext* context = avformat_alloc_context();
  context->max_streams = kStreamsMax;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", format->name, 0);
  av_dict_set(&options, "codec_whitelist", kCodecs, 0);
  const std::string url = "file:" + path.string();
  int status = avformat_open_input(&context, url.c_str(), format, &options);
  av_dict_free(&options);
  if (status < 0) return unreadable("avformat_open_input", status);
  Container container;
  container.context_.reset(context);
  status = avformat_find_stream_info(context, nullptr);
  if (status < 0) return unreadable("avformat_find_stream_info", status);
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    AVStream* stream = context->streams[i];
    const bool is_cover = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    const auto type = stream->codecpar->codec_type;
    if (type == AVMEDIA_TYPE_VIDEO && !is_cover && container.video_ == nullptr)
      container.video_ = stream;
    if (type == AVMEDIA_TYPE_AUDIO && container.audio_ == nullptr) container.audio_ = stream;
  }
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    AVStream* stream = context->streams[i];
    if (stream != container.video_ && stream != container.audio_) stream->discard = AVDISCARD_ALL;
  }
  return container;
}

Result<bool> Container::read(AVPacket& packet) const {
  const int status = av_read_frame(context_.get(), &packet);
  if (status == AVERROR_EOF) return false;
  if (status < 0) return unreadable("av_read_frame", status);
  return true;
}

namespace {

// libavcodec's own decoders of VP8 and VP9 leave the alpha plane out.
const AVCodec* decoder_of(const AVStream& stream) {
  const auto id = stream.codecpar->codec_id;
  const auto* tag = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
  const bool has_alpha = tag != nullptr && std::string_view(tag->value) == "1";
  if (has_alpha && id == AV_CODEC_ID_VP8) return avcodec_find_decoder_by_name("libvpx");
  if (has_alpha && id == AV_CODEC_ID_VP9) return avcodec_find_decoder_by_name("libvpx-vp9");
  return id == AV_CODEC_ID_AV1 ? avcodec_find_decoder_by_name("libdav1d")
                               : avcodec_find_decoder(id);
}

}  // namespace

Result<AvPtr<AVCodecContext>> Container::open_decoder(const AVStream& stream, int threads) {
  const auto id = stream.codecpar->codec_id;
  const AVCodec* codec = decoder_of(stream);
  const std::string allowed = std::string(",") + kCodecs + ",";
  if (codec == nullptr || allowed.find("," + std::string(codec->name) + ",") == std::string::npos) {
    return fail(ErrorCode::invalid_parameter, std::string("The file uses the codec ") +
                                                  avcodec_get_name(id) +
                                                  ", which is not supported.");
  }
  AvPtr<AVCodecContext> decoder(avcodec_alloc_context3(codec));
  avcodec_parameters_to_context(decoder.get(), stream.codecpar);
  decoder->pkt_timebase = stream.time_base;
  decoder->thread_count = threads;
  if (const int status = avcodec_open2(decoder.get(), codec, nullptr); status < 0) {
    return unreadable("avcodec_open2", status);
  }
  return decoder;
}

Result<void> decode_packet(AVCodecContext& decoder, const AVPacket* packet, AVFrame& frame,
                           int& broken, const std::function<Result<void>(const AVFrame&)>& take) {
  int status = avcodec_send_packet(&decoder, packet);
  if (status < 0 && status != AVERROR_EOF) {
    ++broken;
    return {};
  }
  for (;;) {
    status = avcodec_receive_frame(&decoder, &frame);
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
    if (status < 0) {
      ++broken;
      return {};
    }
    auto taken = take(frame);
    av_frame_unref(&frame);
    TRY(std::move(taken));
  }
}

}  // namespace understudy::media
