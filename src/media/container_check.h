// Is a file as long as it says it is? Reads only the skeleton of each container, without decoding.
// WAV (RIFF, RF64); MP4 and QuickTime boxes (ISO/IEC 14496-12); Matroska and WebM (RFC 8794, EBML);
// Ogg pages (RFC 3533); GIF89a blocks. Files made for streaming, whose lengths were never filled
// in, pass. Private to this folder. Errors of all: invalid_parameter, a sentence that says what is
// wrong.
#pragma once

#include <string_view>

#include "base/result.h"

namespace understudy::media {

Result<void> check_wav(std::string_view file);
Result<void> check_boxes(std::string_view file);
Result<void> check_ebml(std::string_view file);
Result<void> check_ogg(std::string_view file);
Result<void> check_gif(std::string_view file);

}  // namespace understudy::media
