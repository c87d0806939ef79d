// What a still picture's header states. Private to this folder.
#pragma once

#include <string_view>

#include "base/result.h"
#include "media/image.h"

namespace understudy::media {

enum class ImageFormat { png, jpeg, webp };

struct ImageHeader {
  ImageFormat format = ImageFormat::png;
  ImageSize size;
};

// Also refuses a file that ends before its format says. Errors: invalid_parameter.
Result<ImageHeader> read_image_header(std::string_view bytes);

}  // namespace understudy::media
