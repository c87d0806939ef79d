// Assets: files that customers upload to use in later requests. Which files are taken, and the
// check that a file is what its name and claimed type say. No HTTP, no storage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
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

// The facts of a file (media::to_json of MediaInfo), found out in a sandboxed process. Errors as of
// media::inspect_file and of the sandbox.
using Inspect = std::function<Result<json::object>(const std::filesystem::path&)>;

// How a file came. A direct upload states its type, which has to be the one of the bytes, and may
// be a ZIP (a HyperFrames project); in a multipart body the type is often a guess of the client.
enum class Way { multipart, direct };

// Looks at a file that came. PNG, JPEG, MP4, WebM, MP3, WAV, PDF and SRT are taken; an empty,
// truncated or damaged one, and a name or type that says something else than the bytes, are
// refused. Errors: invalid_parameter with param "file" (direct: no param), service_unavailable,
// storage_failed, internal_error.
Result<Facts> look_at(const std::filesystem::path& file, const Claim& claim, Way way,
                      const Inspect& inspect);

// The type that a direct upload announces, as this server names it: "image/jpg" is "image/jpeg";
// empty where it says nothing (application/octet-stream). Errors: invalid_parameter, param
// "content_type".
Result<std::string> announced_type(std::string_view content_type);

// "image", "video", "audio" or "document"; of a type that may be uploaded.
std::string_view kind_of(std::string_view mime_type);

// The name to keep: the client's, or "upload" with the extension that fits.
std::string asset_filename(const Facts& facts, const Claim& claim);

}  // namespace understudy::assets
