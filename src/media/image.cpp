#include "media/image.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <fstream>

#include "base/file.h"
#include "media/image_header.h"
#include "media/pixels.h"

namespace understudy::media {
namespace {

tl::unexpected<Error> undecodable(std::string detail) {
  return fail_with_detail(ErrorCode::invalid_parameter,
                          "The image is damaged and cannot be decoded.", std::move(detail));
}

AVCodecID codec_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::png: return AV_CODEC_ID_PNG;
    case ImageFormat::jpeg: return AV_CODEC_ID_MJPEG;
    case ImageFormat::webp: return AV_CODEC_ID_WEBP;
  }
  return AV_CODEC_ID_NONE;
}

Result<AvPtr<AVFrame>> decode(std::string_view bytes, ImageFormat format, std::int64_t pixels_max) {
  use_own_av_log();
  const AVCodec* codec = avcodec_find_decoder(codec_of(format));
  if (codec == nullptr)
    return fail(ErrorCode::engine_failed, "This system's FFmpeg has no decoder for the image.");
  const AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  context->thread_count = 1;
  context->max_pixels = pixels_max;
  context->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
  if (const int status = avcodec_open2(context.get(), codec, nullptr); status < 0) {
    return av_failure(ErrorCode::engine_failed, "The image could not be decoded.", "open", status);
  }
  const AvPtr<AVPacket> packet(av_packet_alloc());
  if (av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return undecodable("memory");
  std::memcpy(packet->data, bytes.data(), bytes.size());
  AvPtr<AVFrame> frame(av_frame_alloc());
  int status = avcodec_send_packet(context.get(), packet.get());
  if (status >= 0) avcodec_send_packet(context.get(), nullptr);
  if (status >= 0) status = avcodec_receive_frame(context.get(), frame.get());
  if (status < 0) return undecodable(av_text(status));
  if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
    return undecodable("corrupt frame");
  }
  return frame;
}

// The EXIF tag 0x0112, 1..8; 1 when there is none.
int orientation_of(const AVFrame& frame) {
  const auto* entry = av_dict_get(frame.metadata, "Orientation", nullptr, 0);
  if (entry == nullptr) return 1;
  std::string_view text(entry->value);
  while (text.starts_with(' ')) text.remove_prefix(1);
  int value = 1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value >= 1 && value <= 8 ? value : 1;
}

// Turns a stored picture upright. Orientations 5..8 swap the axes.
Image upright(const Image& image, int orientation) {
  if (orientation == 1) return image;
  const bool is_swapped = orientation >= 5;
  const int w = image.width;
  const int h = image.height;
  Image out{is_swapped ? h : w, is_swapped ? w : h, {}};
  out.rgba.resize(image.rgba.size());
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int sx = is_swapped ? y : x;
      int sy = is_swapped ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        sx = w - 1 - sx;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        sy = h - 1 - sy;
      std::memcpy(&out.rgba[static_cast<std::size_t>(y * out.width + x) * 4],
                  &image.rgba[static_cast<std::size_t>(sy * w + sx) * 4], 4);
    }
  }
  return out;
}

Image blank(int width, int height) {
  Image image{width, height, {}};
  image.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  return image;
}

std::uint8_t multiply(int a, int b) { return static_cast<std::uint8_t>((a * b + 127) / 255); }

void premultiply(Image& image) {
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c)
      image.rgba[i + c] = multiply(image.rgba[i + c], image.rgba[i + 3]);
  }
}

void unpremultiply(Image& image) {
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    const int alpha = image.rgba[i + 3];
    if (alpha == 0) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      image.rgba[i + c] =
          static_cast<std::uint8_t>(std::min(255, (image.rgba[i + c] * 255 + alpha / 2) / alpha));
    }
  }
}

Image on_white(Image image) {
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    const int alpha = image.rgba[i + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      image.rgba[i + c] =
          static_cast<std::uint8_t>(multiply(image.rgba[i + c], alpha) + 255 - alpha);
    }
    image.rgba[i + 3] = 255;
  }
  return image;
}

Result<std::string> encode_still(AVCodecID id, AVFrame& frame, int quantiser) {
  const AVCodec* codec = avcodec_find_encoder(id);
  if (codec == nullptr)
    return fail(ErrorCode::engine_failed, "This system's FFmpeg cannot write the image.");
  const AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  context->width = frame.width;
  context->height = frame.height;
  context->pix_fmt = static_cast<AVPixelFormat>(frame.format);
  context->time_base = {1, 25};
  context->thread_count = 1;
  if (id == AV_CODEC_ID_MJPEG) {
    context->color_range = AVCOL_RANGE_JPEG;
    context->flags |= AV_CODEC_FLAG_QSCALE;
    context->global_quality = FF_QP2LAMBDA * quantiser;
    frame.quality = context->global_quality;
  }
  int status = avcodec_open2(context.get(), codec, nullptr);
  const AvPtr<AVPacket> packet(av_packet_alloc());
  if (status >= 0) status = avcodec_send_frame(context.get(), &frame);
  if (status >= 0) avcodec_send_frame(context.get(), nullptr);
  if (status >= 0) status = avcodec_receive_packet(context.get(), packet.get());
  if (status < 0) {
    return av_failure(ErrorCode::engine_failed, "An image could not be written.", "encode", status);
  }
  return std::string(reinterpret_cast<const char*>(packet->data),
                     static_cast<std::size_t>(packet->size));
}

Result<AvPtr<AVFrame>> frame_for(AVPixelFormat format, int width, int height) {
  AvPtr<AVFrame> frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  if (const int status = av_frame_get_buffer(frame.get(), 0); status < 0) {
    return av_failure(ErrorCode::engine_failed, "An image could not be made.", "buffer", status);
  }
  return frame;
}

// 1..100 to the quantiser scale of the encoder, 2 (best) to 31.
int quantiser_of(int quality) { return 2 + (100 - std::clamp(quality, 1, 100)) * 29 / 99; }

// JFIF: BT.601, full range.
Result<std::string> encode_jpeg_from(const PictureView& view, int quality) {
  use_own_av_log();
  TRY_ASSIGN(const auto target, frame_for(AV_PIX_FMT_YUVJ420P, view.width, view.height));
  target->color_range = AVCOL_RANGE_JPEG;
  target->colorspace = AVCOL_SPC_BT470BG;
  TRY(convert(view, view_of(*target)));
  return encode_still(AV_CODEC_ID_MJPEG, *target, quantiser_of(quality));
}

Result<void> write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out)
    return fail_with_detail(ErrorCode::storage_failed, "An image could not be written.",
                            path.string());
  return {};
}

}  // namespace

Result<Image> decode_image(std::string_view bytes, const ImageLimits& limits) {
  if (static_cast<std::int64_t>(bytes.size()) > limits.bytes_max) {
    return fail(ErrorCode::invalid_parameter, "The image file is too large.");
  }
  TRY_ASSIGN(const auto header, read_image_header(bytes));
  if (static_cast<std::int64_t>(header.size.width) * header.size.height > limits.pixels_max) {
    return fail(ErrorCode::invalid_parameter, "The image has more than " +
                                                  std::to_string(limits.pixels_max / 1'000'000) +
                                                  " million pixels.");
  }
  // A margin, because the decoder counts its padding; the true limit has just been checked.
  TRY_ASSIGN(const auto frame, decode(bytes, header.format, limits.pixels_max * 2 + (1 << 20)));
  Image image = blank(frame->width, frame->height);
  TRY(convert(view_of(*frame), view_of(image)));
  return upright(image, orientation_of(*frame));
}

Result<Image> decode_image_file(const std::filesystem::path& path, const ImageLimits& limits) {
  TRY_ASSIGN(const auto bytes, read_file(path, static_cast<std::size_t>(limits.bytes_max)));
  return decode_image(bytes, limits);
}

Result<std::string> encode_jpeg(const Image& image, int quality) {
  if (has_transparency(image)) return encode_jpeg_from(view_of(on_white(image)), quality);
  return encode_jpeg_from(view_of(image), quality);
}

Result<std::string> encode_jpeg(const Frame& frame, int quality) {
  if (!frame.alpha.empty()) return encode_jpeg(to_image(frame), quality);
  return encode_jpeg_from(view_of(frame), quality);
}

Result<std::string> encode_png(const Image& image) {
  use_own_av_log();
  TRY_ASSIGN(const auto target, frame_for(AV_PIX_FMT_RGBA, image.width, image.height));
  for (int y = 0; y < image.height; ++y) {
    std::memcpy(target->data[0] + static_cast<std::ptrdiff_t>(y) * target->linesize[0],
                &image.rgba[static_cast<std::size_t>(y) * image.width * 4],
                static_cast<std::size_t>(image.width) * 4);
  }
  return encode_still(AV_CODEC_ID_PNG, *target, 0);
}

Result<void> write_jpeg(const std::filesystem::path& path, const Image& image, int quality) {
  TRY_ASSIGN(const auto bytes, encode_jpeg(image, quality));
  return write_bytes(path, bytes);
}

Result<void> write_jpeg(const std::filesystem::path& path, const Frame& frame, int quality) {
  TRY_ASSIGN(const auto bytes, encode_jpeg(frame, quality));
  return write_bytes(path, bytes);
}

Result<void> write_png(const std::filesystem::path& path, const Image& image) {
  TRY_ASSIGN(const auto bytes, encode_png(image));
  return write_bytes(path, bytes);
}

bool has_transparency(const Image& image) {
  for (std::size_t i = 3; i < image.rgba.size(); i += 4) {
    if (image.rgba[i] != 255) return true;
  }
  return false;
}

Image scale(const Image& image, int width, int height) {
  assert(width > 0 && height > 0);
  if (width == image.width && height == image.height) return image;
  const auto filter = filter_for(image.width, image.height, width, height);
  Image out = blank(width, height);
  if (!has_transparency(image)) {
    const auto done = convert(view_of(image), view_of(out), filter);
    assert(done);
    return out;
  }
  Image source = image;
  premultiply(source);
  const auto done = convert(view_of(source), view_of(out), filter);
  assert(done);
  unpremultiply(out);
  return out;
}

Frame scale(const Frame& frame, int width, int height) {
  Frame out = Frame::make(width, height, !frame.alpha.empty());
  const auto filter = filter_for(frame.width, frame.height, width, height);
  auto done = convert(view_of(frame), view_of(out), filter);
  if (!frame.alpha.empty()) done = convert(alpha_view_of(frame), alpha_view_of(out), filter);
  assert(done);
  return out;
}

void scale_part(const Frame& frame, const Rectangle& from, const Rectangle& to, Frame& canvas) {
  const auto filter = filter_for(from.width, from.height, to.width, to.height);
  auto done = convert(part_of(view_of(frame), from), part_of(view_of(canvas), to), filter);
  if (!frame.alpha.empty() && !canvas.alpha.empty()) {
    const PictureView target = part_of(alpha_view_of(canvas), to);
    done = convert(part_of(alpha_view_of(frame), from), target, filter);
  }
  assert(done);
}

Frame to_frame(const Image& image, bool with_alpha) {
  Frame frame = Frame::make(image.width & ~1, image.height & ~1, with_alpha);
  PictureView source = view_of(image);
  source.width = frame.width;
  source.height = frame.height;
  const auto done = convert(source, view_of(frame));
  assert(done);
  if (!with_alpha) return frame;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      frame.alpha[static_cast<std::size_t>(y) * frame.width + x] =
          image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4 + 3];
    }
  }
  return frame;
}

Frame in_bt709(const Frame& frame, const ColourCoding& coding) {
  Frame out = Frame::make(frame.width, frame.height, false);
  PictureView from = view_of(frame);
  from.colour_matrix =
      colour_matrix_of(static_cast<AVColorSpace>(coding.matrix), false, frame.height);
  const auto done = convert(from, view_of(out));
  assert(done);
  return out;
}

Image to_image(const Frame& frame) {
  Image image = blank(frame.width, frame.height);
  const auto done = convert(view_of(frame), view_of(image));
  assert(done);
  for (std::size_t i = 0; i < frame.alpha.size(); ++i) image.rgba[i * 4 + 3] = frame.alpha[i];
  return image;
}

}  // namespace understudy::media
