// What kind of file some bytes are, by their content alone: names and claimed types are not looked
// at.
#pragma once

#include <string_view>

namespace understudy::media {

inline constexpr std::size_t kSniffBytes = 4096;  // of the start of a file are enough

// One of image/png image/jpeg image/webp image/gif image/svg+xml video/mp4 video/quicktime
// video/webm video/x-matroska audio/mpeg audio/wav audio/ogg audio/mp4 audio/flac audio/aac
// application/pdf application/zip application/x-subrip text/vtt; empty when it is none of them.
std::string_view sniff(std::string_view start_of_file);

}  // namespace understudy::media
