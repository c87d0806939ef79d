// Still pictures: PNG, JPEG and WebP in, PNG and JPEG out; scaling; pictures to video frames and
// back. Any thread. Decoding is for files from outside: sizes are read from the header and checked
// before a decoder sees the bytes, a picture that ends early is refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "media/colour_coding.h"
#include "media/frame.h"

namespace understudy::media {

struct ImageLimits {
  std::int64_t pixels_max = 50'000'000;
  std::int64_t bytes_max = 50'000'000;
};

struct ImageSize {
  int width = 0;
  int height = 0;
};

// As stored, before any EXIF rotation. Errors: invalid_parameter (no PNG, JPEG or WebP; damaged).
Result<ImageSize> image_size(std::string_view bytes);

// Upright (EXIF orientation applied), 8 bit, sRGB assumed. Errors: invalid_parameter.
Result<Image> decode_image(std::string_view bytes, const ImageLimits& limits = {});
Result<Image> decode_image_file(const std::filesystem::path& path, const ImageLimits& limits = {});

// quality 1..100. Transparent parts of an Image are laid on white.
Result<std::string> encode_jpeg(const Image& image, int quality = 88);
Result<std::string> encode_jpeg(const Frame& frame, int quality = 88);
Result<std::string> encode_png(const Image& image);
Result<void> write_jpeg(const std::filesystem::path& path, const Image& image, int quality = 88);
Result<void> write_jpeg(const std::filesystem::path& path, const Frame& frame, int quality = 88);
Result<void> write_png(const std::filesystem::path& path, const Image& image);

// Area filter when shrinking, bicubic else; transparent pixels do not bleed into their neighbours.
Image scale(const Image& image, int width, int height);
Frame scale(const Frame& frame, int width, int height);  // even sizes
// The part `from` of a frame, with its transparency when both have one, into the part `to` of
// another. Even numbers, inside.
void scale_part(const Frame& frame, const Rectangle& from, const Rectangle& to, Frame& canvas);

// BT.709, limited range. An odd last row or column is left out.
Frame to_frame(const Image& image, bool with_alpha = false);
Image to_image(const Frame& frame);

// The same picture in BT.709. `frame` without alpha.
Frame in_bt709(const Frame& frame, const ColourCoding& coding);

bool has_transparency(const Image& image);

}  // namespace understudy::media
