// MPEG audio streams, frame by frame, without decoding: is a file whole?
// ISO/IEC 11172-3 and 13818-3 frame headers; Xing/Info and VBRI tags as LAME and Fraunhofer write
// them; ID3v2.4, ID3v1, APEv2. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace understudy::media {

struct MpegFrame {
  std::size_t bytes = 0;
  int samples = 0;
  int sample_rate = 0;
  int layer = 0;      // 1..3
  int version = 0;    // 1: MPEG-1, 2: MPEG-2, 3: MPEG-2.5
  int side_info = 0;  // bytes between the header and a Xing tag
};

// The frame whose header stands at the start of `bytes`; free-format streams are not known.
std::optional<MpegFrame> read_mpeg_frame(std::string_view bytes);

// audio/mpeg or audio/aac when the bytes start with two matching frames, or one that fills them.
std::string_view sniff_mpeg_audio(std::string_view bytes);

// Walks the whole file. Errors: invalid_parameter when it ends in the middle of a frame, holds
// fewer frames than its own tag says, or is no stream of frames at all.
Result<void> check_mpeg_audio(std::string_view file);

// The same for AAC in ADTS frames (ISO/IEC 13818-7 annex), which carry no count.
Result<void> check_adts_audio(std::string_view file);

}  // namespace understudy::media
