// Pictures in memory and swscale between them. Private to this folder.
#pragma once

#include <array>
#include <cstdint>

#include "media/av_handles.h"
#include "media/frame.h"

namespace understudy::media {

// Where a picture's planes are; it owns nothing.
struct PictureView {
  AVPixelFormat format = AV_PIX_FMT_NONE;
  int width = 0;
  int height = 0;
  std::array<std::uint8_t*, 4> data{};
  std::array<int, 4> stride{};
  int colour_matrix = SWS_CS_ITU709;  // of YUV formats
  bool is_full_range = false;         // of YUV formats
};

PictureView view_of(const Frame& frame);  // without its alpha plane
PictureView view_of(const Image& image);
PictureView view_of(const AVFrame& frame);
PictureView alpha_view_of(const Frame& frame);  // GRAY8

// A part of a picture with planes of 8 bits (YUV 4:2:0 or grey); even numbers.
PictureView part_of(PictureView view, const Rectangle& part);

// swscale's constant for a matrix. Untagged video: high definition is BT.709, the rest (and every
// still format) BT.601.
int colour_matrix_of(AVColorSpace space, bool is_full_range, int height);

enum class ScaleFilter { area, bicubic };  // area for shrinking

// Scales and converts. Errors: engine_failed (a format swscale does not know).
Result<void> convert(const PictureView& from, const PictureView& to,
                     ScaleFilter filter = ScaleFilter::bicubic);

// The same for picture after picture of one kind: what swscale prepares is kept. One thread.
class PictureConverter {
 public:
  Result<void> convert(const PictureView& from, const PictureView& to, ScaleFilter filter);

 private:
  Result<void> scale(const PictureView& from, const PictureView& to, ScaleFilter filter);

  AvPtr<SwsContext> context_;
  AvPtr<AVFrame> roomy_;  // see convert()
};

// The filter that suits the change of size.
ScaleFilter filter_for(int from_width, int from_height, int to_width, int to_height);

}  // namespace understudy::media
