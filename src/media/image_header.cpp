// The sizes that still pictures state in their headers, and whether their bytes are all there.
// PNG: ISO/IEC 15948; JPEG: ITU-T T.81 annex B; WebP: RFC 9649.
#include "media/image_header.h"

#include <optional>

#include "media/image.h"

namespace understudy::media {
namespace {

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
std::uint32_t big16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}
std::uint32_t little16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}
std::uint32_t little24(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | byte_at(bytes, at + 2) << 16;
}
std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | little16(bytes, at + 2) << 16;
}

tl::unexpected<Error> damaged(const char* format) {
  return fail(ErrorCode::invalid_parameter,
              std::string("The file is a damaged or truncated ") + format + " image.");
}

ImageHeader header(ImageFormat format, std::uint32_t width, std::uint32_t height) {
  return {format, {static_cast<int>(width), static_cast<int>(height)}};
}

// Walks the chunks to IEND: a file that was cut short does not reach it.
Result<ImageHeader> png_header(std::string_view bytes) {
  if (bytes.size() < 33 || bytes.substr(12, 4) != "IHDR") return damaged("PNG");
  std::size_t at = kPngSignature.size();
  while (true) {
    if (at + 12 > bytes.size()) return damaged("PNG");
    const std::size_t length = big32(bytes, at);
    if (length > bytes.size() - at - 12) return damaged("PNG");
    if (bytes.substr(at + 4, 4) == "IEND") break;
    at += length + 12;
  }
  const auto width = big32(bytes, 16);
  const auto height = big32(bytes, 20);
  if (width == 0 || height == 0 || width > 1U << 30 || height > 1U << 30) return damaged("PNG");
  return header(ImageFormat::png, width, height);
}

bool is_frame_header(std::uint32_t marker) {  // SOF0..15 without DHT, JPG and DAC
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Entropy-coded bytes up to the next marker that is neither stuffing nor a restart.
std::size_t skip_scan(std::string_view bytes, std::size_t at) {
  while (at + 1 < bytes.size()) {
    if (byte_at(bytes, at) != 0xFF) {
      ++at;
      continue;
    }
    const auto next = byte_at(bytes, at + 1);
    if (next == 0xFF) {
      ++at;
    } else if (next == 0 || (next >= 0xD0 && next <= 0xD7)) {
      at += 2;
    } else {
      return at;
    }
  }
  return bytes.size();
}

// Walks the segments to EOI; what follows it (cameras append things) does not matter.
Result<ImageHeader> jpeg_header(std::string_view bytes) {
  std::optional<ImageHeader> found;
  std::size_t at = 2;
  bool has_scan = false;
  while (true) {
    while (at + 1 < bytes.size() && byte_at(bytes, at) == 0xFF && byte_at(bytes, at + 1) == 0xFF) {
      ++at;
    }
    if (at + 2 > bytes.size() || byte_at(bytes, at) != 0xFF) return damaged("JPEG");
    const auto marker = byte_at(bytes, at + 1);
    if (marker == 0xD9) break;
    at += 2;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    if (at + 2 > bytes.size()) return damaged("JPEG");
    const std::size_t length = big16(bytes, at);
    if (length < 2 || at + length > bytes.size()) return damaged("JPEG");
    if (is_frame_header(marker) && !found) {
      if (length < 8) return damaged("JPEG");
      found = header(ImageFormat::jpeg, big16(bytes, at + 5), big16(bytes, at + 3));
    }
    at += length;
    if (marker == 0xDA) {
      has_scan = true;
      at = skip_scan(bytes, at);
    }
  }
  if (!found || !has_scan || found->size.width == 0 || found->size.height == 0) {
    return damaged("JPEG");
  }
  return *found;
}

Result<ImageHeader> webp_header(std::string_view bytes) {
  if (bytes.size() < 30) return damaged("WebP");
  if (little32(bytes, 4) + std::size_t{8} > bytes.size() + 1) return damaged("WebP");
  const auto kind = bytes.substr(12, 4);
  if (kind == "VP8X") {
    if ((byte_at(bytes, 20) & 2) != 0) {
      return fail(ErrorCode::invalid_parameter,
                  "The file is an animated WebP; send a still picture.");
    }
    return header(ImageFormat::webp, little24(bytes, 24) + 1, little24(bytes, 27) + 1);
  }
  if (kind == "VP8L") {
    const auto bits = little32(bytes, 21);
    return header(ImageFormat::webp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  if (kind == "VP8 ") {
    const auto width = little16(bytes, 26) & 0x3FFF;
    const auto height = little16(bytes, 28) & 0x3FFF;
    if (width == 0 || height == 0) return damaged("WebP");
    return header(ImageFormat::webp, width, height);
  }
  return damaged("WebP");
}

}  // namespace

Result<ImageHeader> read_image_header(std::string_view bytes) {
  if (bytes.starts_with(kPngSignature)) return png_header(bytes);
  if (bytes.starts_with("\xFF\xD8\xFF")) return jpeg_header(bytes);
  if (bytes.size() > 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    return webp_header(bytes);
  }
  return fail(ErrorCode::invalid_parameter, "The file is not a PNG, JPEG or WebP image.");
}

Result<ImageSize> image_size(std::string_view bytes) {
  TRY_ASSIGN(const auto found, read_image_header(bytes));
  return found.size;
}

}  // namespace understudy::media
