#include "media/container_check.h"

#include <cstdint>
#include <optional>
#include <string>

namespace understudy::media {
namespace {

std::uint64_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t little(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = count; i-- > 0;)
    value = value << 8 | byte_at(bytes, at + static_cast<std::size_t>(i));
  return value;
}

std::uint64_t big(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i)
    value = value << 8 | byte_at(bytes, at + static_cast<std::size_t>(i));
  return value;
}

tl::unexpected<Error> truncated(const char* format) {
  return fail(
      ErrorCode::invalid_parameter,
      std::string("The ") + format + " file is truncated: it ends before its content does.");
}

tl::unexpected<Error> damaged(const char* format, const char* what) {
  return fail(ErrorCode::invalid_parameter,
              std::string("The ") + format + " file is damaged: " + what + ".");
}

}  // namespace

Result<void> check_wav(std::string_view file) {
  // Writers to a pipe cannot go back: ffmpeg leaves 0xFFFFFFFF, sox 0x7FFFF000, others 0.
  constexpr std::uint64_t kUnknownFrom = 0x7FFFF000;
  const bool is_rf64 = file.starts_with("RF64");
  std::size_t at = 12;
  bool has_format = false;
  std::uint64_t data_size_64 = 0;
  while (at + 8 <= file.size()) {
    const auto name = file.substr(at, 4);
    std::uint64_t size = little(file, at + 4, 4);
    const std::uint64_t left = file.size() - at - 8;
    if (name == "ds64" && size >= 16 && left >= 16) data_size_64 = little(file, at + 16, 8);
    if (name == "fmt ") {
      if (size < 14 || size > left) return damaged("WAV", "its format is missing");
      has_format = true;
    }
    if (name == "data") {
      if (!has_format) return damaged("WAV", "its format is missing");
      if (is_rf64 && size == 0xFFFFFFFF) size = data_size_64;
      if (left == 0) return damaged("WAV", "it holds no sound");
      if (size < kUnknownFrom && size > left) return truncated("WAV");
      return {};
    }
    at += 8 + size + (size & 1);
  }
  return has_format ? truncated("WAV") : damaged("WAV", "its format is missing");
}

Result<void> check_boxes(std::string_view file) {
  std::size_t at = 0;
  bool has_index = false;
  bool has_media = false;
  while (at < file.size()) {
    if (file.size() - at < 8) {
      // A few stray bytes at the end harm nobody.
      break;
    }
    std::uint64_t size = big(file, at, 4);
    const auto name = file.substr(at + 4, 4);
    if (size == 0) size = file.size() - at;  // to the end of the file
    if (size == 1) {
      if (file.size() - at < 16) return truncated("MP4");
      size = big(file, at + 8, 8);
    }
    if (size < 8) return damaged("MP4", "a box has an impossible size");
    if (size > file.size() - at) return truncated("MP4");
    has_index |= name == "moov";
    has_media |= name == "mdat";
    at += static_cast<std::size_t>(size);
  }
  if (!has_index) return truncated("MP4");
  if (!has_media) return damaged("MP4", "it holds no sound and no pictures");
  return {};
}

namespace {

// A variable-length number; with `keep_marker` an element's id. Advances `at`.
std::optional<std::uint64_t> ebml_number(std::string_view file, std::size_t& at, bool keep_marker,
                                         bool* is_unknown = nullptr) {
  if (at >= file.size()) return std::nullopt;
  const auto first = byte_at(file, at);
  int length = 1;
  while (length <= 8 && (first & (0x80U >> (length - 1))) == 0) ++length;
  if (length > 8 || file.size() - at < static_cast<std::size_t>(length)) return std::nullopt;
  std::uint64_t value = big(file, at, length);
  const std::uint64_t ones = (std::uint64_t{1} << (7 * length)) - 1;
  if (is_unknown != nullptr) *is_unknown = (value & ones) == ones;
  at += static_cast<std::size_t>(length);
  return keep_marker ? value : value & ones;
}

}  // namespace

// A segment or cluster of unknown size was streamed: its children follow as if there were no level.
Result<void> check_ebml(std::string_view file) {
  constexpr std::uint64_t kSegment = 0x18538067;
  constexpr std::uint64_t kCluster = 0x1F43B675;
  bool has_segment = false;
  std::size_t at = 0;
  while (at < file.size()) {
    bool is_unknown = false;
    const auto id = ebml_number(file, at, true);
    const auto size = ebml_number(file, at, false, &is_unknown);
    if (!id || !size) return truncated("WebM");
    if (is_unknown && (*id == kSegment || *id == kCluster)) {
      has_segment = true;
      continue;
    }
    if (is_unknown || *size > file.size() - at) return truncated("WebM");
    has_segment |= *id == kSegment;
    at += static_cast<std::size_t>(*size);
  }
  return has_segment ? Result<void>() : truncated("WebM");
}

Result<void> check_ogg(std::string_view file) {
  std::size_t at = 0;
  int pages = 0;
  while (at < file.size()) {
    if (file.size() - at < 27) return truncated("Ogg");
    if (file.substr(at, 4) != "OggS")
      return damaged("Ogg", "a page does not follow where it should");
    const std::size_t segments = byte_at(file, at + 26);
    if (file.size() - at < 27 + segments) return truncated("Ogg");
    std::size_t length = 27 + segments;
    for (std::size_t i = 0; i < segments; ++i) length += byte_at(file, at + 27 + i);
    if (file.size() - at < length) return truncated("Ogg");
    at += length;
    ++pages;
  }
  return pages < 3 ? damaged("Ogg", "it holds no sound") : Result<void>();
}

Result<void> check_gif(std::string_view file) {
  if (file.size() < 13) return truncated("GIF");
  const auto table_bytes = [](std::uint64_t flags) -> std::size_t {
    return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
  };
  std::size_t at = 13 + table_bytes(byte_at(file, 10));
  while (at < file.size()) {
    const auto block = byte_at(file, at);
    if (block == 0x3B) return {};
    if (block == 0x21) {
      at += 2;
    } else if (block == 0x2C) {
      if (file.size() - at < 11) return truncated("GIF");
      at += 10 + table_bytes(byte_at(file, at + 9)) + 1;
    } else {
      return damaged("GIF", "an unknown block follows");
    }
    while (at < file.size() && byte_at(file, at) != 0) at += byte_at(file, at) + 1;
    ++at;
  }
  return truncated("GIF");
}

}  // namespace understudy::media
