// Assets: files that customers upload to use in later requests. Which files are taken, and the
// check that a file is what its name and claimed type say. No HTTP, no storage.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace understudy::assets {

// What the client says about a file.
struct Claim {
  std::string filename;      // "voice.wav"
  std::string content_type;  // "audio/x-wav"; empty where it says nothing
};

// What the bytes are, from media::MediaInfo as JSON.
struct Facts {
  std::string mime_type;
  std::string kind;  // "image", "video", "audio", "document"
  json::object info;
};

// Errors: internal_error (the inspector did not say what the file is).
Result<Facts> facts_from(json::object inspected);

// PNG, JPEG, MP4, WebM, MP3, WAV, PDF and SRT are taken; a name or a type that says something else
// than the bytes is refused. Errors: invalid_parameter, param "file".
Result<void> check(const Facts& facts, const Claim& claim);

// The name to keep: the client's, or "upload" with the extension that fits.
std::string asset_filename(const Facts& facts, const Claim& claim);

}  // namespace understudy::assets
