#include "media/pixels.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace understudy::media {
namespace {

// swscale takes const data through a mutable view; nothing here writes to a source.
std::uint8_t* bytes_of(const std::vector<std::uint8_t>& plane) {
  return const_cast<std::uint8_t*>(plane.data());
}

// swscale writes whole blocks of up to 32 bytes, past the end of a row that has no more room.
bool fills_whole_blocks(const PictureView& to) {
  for (int plane = 0; plane < 4 && to.data[static_cast<std::size_t>(plane)] != nullptr; ++plane) {
    if (av_image_get_linesize(to.format, to.width, plane) % 32 != 0) return false;
  }
  return true;
}

}  // namespace

PictureView view_of(const Frame& frame) {
  return {.format = AV_PIX_FMT_YUV420P,
          .width = frame.width,
          .height = frame.height,
          .data = {bytes_of(frame.y), bytes_of(frame.u), bytes_of(frame.v), nullptr},
          .stride = {frame.width, frame.width / 2, frame.width / 2, 0}};
}

PictureView alpha_view_of(const Frame& frame) {
  return {.format = AV_PIX_FMT_GRAY8,
          .width = frame.width,
          .height = frame.height,
          .data = {bytes_of(frame.alpha), nullptr, nullptr, nullptr},
          .stride = {frame.width, 0, 0, 0},
          .is_full_range = true};
}

PictureView part_of(PictureView view, const Rectangle& part) {
  view.width = part.width;
  view.height = part.height;
  view.data[0] += static_cast<std::ptrdiff_t>(part.y) * view.stride[0] + part.x;
  for (const std::size_t plane : {1U, 2U}) {
    if (view.data[plane] == nullptr) continue;
    view.data[plane] += static_cast<std::ptrdiff_t>(part.y / 2) * view.stride[plane] + part.x / 2;
  }
  return view;
}

PictureView view_of(const Image& image) {
  return {.format = AV_PIX_FMT_RGBA,
          .width = image.width,
          .height = image.height,
          .data = {bytes_of(image.rgba), nullptr, nullptr, nullptr},
          .stride = {image.width * 4, 0, 0, 0}};
}

PictureView view_of(const AVFrame& frame) {
  PictureView view;
  view.format = static_cast<AVPixelFormat>(frame.format);
  view.width = frame.width;
  view.height = frame.height;
  for (std::size_t i = 0; i < 4; ++i) {
    view.data[i] = frame.data[i];
    view.stride[i] = frame.linesize[i];
  }
  const bool is_jpeg_format =
      view.format == AV_PIX_FMT_YUVJ420P || view.format == AV_PIX_FMT_YUVJ422P ||
      view.format == AV_PIX_FMT_YUVJ444P || view.format == AV_PIX_FMT_YUVJ440P;
  view.is_full_range = is_jpeg_format || frame.color_range == AVCOL_RANGE_JPEG;
  view.colour_matrix = colour_matrix_of(frame.colorspace, view.is_full_range, frame.height);
  return view;
}

int colour_matrix_of(AVColorSpace space, bool is_full_range, int height) {
  switch (space) {
    case AVCOL_SPC_BT709: return SWS_CS_ITU709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL: return SWS_CS_BT2020;
    case AVCOL_SPC_UNSPECIFIED:
      return !is_full_range && height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    default: return SWS_CS_ITU601;
  }
}

ScaleFilter filter_for(int from_width, int from_height, int to_width, int to_height) {
  return to_width < from_width && to_height < from_height ? ScaleFilter::area
                                                          : ScaleFilter::bicubic;
}

Result<void> PictureConverter::convert(const PictureView& from, const PictureView& to,
                                       ScaleFilter filter) {
  if (fills_whole_blocks(to)) return scale(from, to, filter);
  if (roomy_ == nullptr || roomy_->width != to.width || roomy_->height != to.height ||
      roomy_->format != to.format) {
    roomy_.reset(av_frame_alloc());
    roomy_->width = to.width;
    roomy_->height = to.height;
    roomy_->format = to.format;
    if (const int status = av_frame_get_buffer(roomy_.get(), 64); status < 0) {
      return av_failure(ErrorCode::engine_failed, "A picture could not be converted.",
                        "av_frame_get_buffer", status);
    }
  }
  PictureView between = to;
  for (std::size_t i = 0; i < 4; ++i) {
    between.data[i] = roomy_->data[i];
    between.stride[i] = roomy_->linesize[i];
  }
  TRY(scale(from, between, filter));
  std::array<std::uint8_t*, 4> target = to.data;
  std::array<int, 4> stride = to.stride;
  std::array<const std::uint8_t*, 4> source = {between.data[0], between.data[1], between.data[2],
                                               between.data[3]};
  av_image_copy(target.data(), stride.data(), source.data(), between.stride.data(), to.format,
                to.width, to.height);
  return {};
}

Result<void> PictureConverter::scale(const PictureView& from, const PictureView& to,
                                     ScaleFilter filter) {
  const int flags = (filter == ScaleFilter::area ? SWS_AREA : SWS_BICUBIC) | SWS_ACCURATE_RND |
                    SWS_FULL_CHR_H_INT;
  context_.reset(sws_getCachedContext(context_.release(), from.width, from.height, from.format,
                                      to.width, to.height, to.format, flags, nullptr, nullptr,
                                      nullptr));
  if (context_ == nullptr) {
    return fail_with_detail(ErrorCode::engine_failed, "A picture could not be converted.",
                            "sws_getCachedContext");
  }
  sws_setColorspaceDetails(context_.get(), sws_getCoefficients(from.colour_matrix),
                           from.is_full_range ? 1 : 0, sws_getCoefficients(to.colour_matrix),
                           to.is_full_range ? 1 : 0, 0, 1 << 16, 1 << 16);
  const std::array<const std::uint8_t*, 4> source = {from.data[0], from.data[1], from.data[2],
                                                     from.data[3]};
  const int rows = sws_scale(context_.get(), source.data(), from.stride.data(), 0, from.height,
                             to.data.data(), to.stride.data());
  if (rows != to.height) {
    return fail_with_detail(ErrorCode::engine_failed, "A picture could not be converted.",
                            "sws_scale " + std::to_string(rows));
  }
  return {};
}

Result<void> convert(const PictureView& from, const PictureView& to, ScaleFilter filter) {
  return PictureConverter().convert(from, to, filter);
}

}  // namespace understudy::media
