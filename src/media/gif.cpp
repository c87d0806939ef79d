#include "media/gif.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "media/image.h"
#include "media/palette.h"
#include "media/pixels.h"

namespace understudy::media {
namespace {

tl::unexpected<Error> gif_failure(std::string_view what, int status) {
  return av_failure(ErrorCode::engine_failed, "The preview could not be written.", what, status);
}

struct OutputDeleter {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using OutputPtr = std::unique_ptr<AVFormatContext, OutputDeleter>;

Result<AvPtr<AVCodecContext>> open_encoder(int width, int height, int fps) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_GIF);
  if (codec == nullptr) return gif_failure("no gif encoder", AVERROR_ENCODER_NOT_FOUND);
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  context->width = width;
  context->height = height;
  context->pix_fmt = AV_PIX_FMT_PAL8;
  context->time_base = {1, fps};
  if (const int status = avcodec_open2(context.get(), codec, nullptr); status < 0) {
    return gif_failure("avcodec_open2 gif", status);
  }
  return context;
}

Result<OutputPtr> open_output(const std::filesystem::path& path, const AVCodecContext& encoder) {
  AVFormatContext* context = nullptr;
  int status = avformat_alloc_output_context2(&context, nullptr, "gif", path.c_str());
  if (status < 0) return gif_failure("avformat_alloc_output_context2", status);
  OutputPtr output(context);
  AVStream* stream = avformat_new_stream(context, nullptr);
  stream->time_base = encoder.time_base;
  avcodec_parameters_from_context(stream->codecpar, &encoder);
  status = avio_open(&context->pb, path.c_str(), AVIO_FLAG_WRITE);
  if (status < 0) {
    return av_failure(ErrorCode::storage_failed, "The preview could not be written.", "open",
                      status);
  }
  status = avformat_write_header(context, nullptr);
  if (status < 0) return gif_failure("avformat_write_header", status);
  return output;
}

Result<AvPtr<AVFrame>> indexed_frame(const Image& image, PaletteMapper& mapper,
                                     const std::vector<Colour>& palette) {
  AvPtr<AVFrame> frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_PAL8;
  frame->width = image.width;
  frame->height = image.height;
  if (const int status = av_frame_get_buffer(frame.get(), 0); status < 0) {
    return gif_failure("av_frame_get_buffer", status);
  }
  const auto indices = mapper.map(image);
  for (int y = 0; y < image.height; ++y) {
    std::memcpy(frame->data[0] + static_cast<std::ptrdiff_t>(y) * frame->linesize[0],
                &indices[static_cast<std::size_t>(y) * image.width],
                static_cast<std::size_t>(image.width));
  }
  auto* entries = reinterpret_cast<std::uint32_t*>(frame->data[1]);
  std::fill_n(entries, 256, 0U);  // alpha 0: the encoder uses a free entry for what did not change
  for (std::size_t i = 0; i < palette.size(); ++i) {
    const Colour& colour = palette[i];
    entries[i] = 0xFF000000U | static_cast<std::uint32_t>(colour.red) << 16 |
                 static_cast<std::uint32_t>(colour.green) << 8 | colour.blue;
  }
  return frame;
}

Result<void> write_packets(AVCodecContext& encoder, AVFormatContext& output) {
  const AvPtr<AVPacket> packet(av_packet_alloc());
  for (;;) {
    int status = avcodec_receive_packet(&encoder, packet.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
    if (status < 0) return gif_failure("avcodec_receive_packet", status);
    packet->duration = 1;
    av_packet_rescale_ts(packet.get(), encoder.time_base, output.streams[0]->time_base);
    status = av_interleaved_write_frame(&output, packet.get());
    if (status < 0) return gif_failure("av_interleaved_write_frame", status);
  }
}

}  // namespace

void GifWriter::add(const Frame& frame) {
  const double ratio =
      std::min(1.0, static_cast<double>(side_max_) / std::max(frame.width, frame.height));
  const int width = std::max(2, static_cast<int>(std::lround(frame.width * ratio / 2)) * 2);
  const int height = std::max(2, static_cast<int>(std::lround(frame.height * ratio / 2)) * 2);
  // Shrinking planes first is much cheaper than converting all pixels to RGB.
  Image small = to_image(scale(frame, width, height));
  for (std::size_t i = 0; i < small.rgba.size(); i += 4) {
    const int alpha = small.rgba[i + 3];
    if (alpha == 255) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      small.rgba[i + c] =
          static_cast<std::uint8_t>((small.rgba[i + c] * alpha + 127) / 255 + 255 - alpha);
    }
    small.rgba[i + 3] = 255;
  }
  frames_.push_back(std::move(small));
}

Result<void> GifWriter::finish(const std::filesystem::path& path) const {
  use_own_av_log();
  if (frames_.empty()) return fail(ErrorCode::engine_failed, "A preview needs at least one frame.");
  const auto palette = make_palette(frames_, 255);
  PaletteMapper mapper(palette);
  TRY_ASSIGN(const auto encoder, open_encoder(frames_[0].width, frames_[0].height, fps_));
  TRY_ASSIGN(const auto output, open_output(path, *encoder));
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    TRY_ASSIGN(const auto frame, indexed_frame(frames_[i], mapper, palette));
    frame->pts = static_cast<std::int64_t>(i);
    if (const int status = avcodec_send_frame(encoder.get(), frame.get()); status < 0) {
      return gif_failure("avcodec_send_frame", status);
    }
    TRY(write_packets(*encoder, *output));
  }
  avcodec_send_frame(encoder.get(), nullptr);
  TRY(write_packets(*encoder, *output));
  if (const int status = av_write_trailer(output.get()); status < 0) {
    return gif_failure("av_write_trailer", status);
  }
  if (const int status = avio_closep(&output->pb); status < 0) {
    return av_failure(ErrorCode::storage_failed, "The preview could not be written.", "close",
                      status);
  }
  return {};
}

}  // namespace understudy::media
