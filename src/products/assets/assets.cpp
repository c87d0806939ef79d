#include "products/assets/assets.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace understudy::assets {
namespace {

constexpr std::string_view kParam = "file";

struct FileType {
  std::string_view mime_type;
  std::array<std::string_view, 4> extensions;  // the first is the one given to a nameless file
};

constexpr std::array kTypes = {
    FileType{"image/png", {"png"}},          FileType{"image/jpeg", {"jpg", "jpeg", "jpe", "jfif"}},
    FileType{"video/mp4", {"mp4", "m4v"}},   FileType{"video/webm", {"webm"}},
    FileType{"audio/mpeg", {"mp3", "mpga"}}, FileType{"audio/wav", {"wav", "wave"}},
    FileType{"application/pdf", {"pdf"}},    FileType{"application/x-subrip", {"srt"}},
};

// Extensions that name a type which is not taken here; other ones say nothing.
constexpr std::array<std::string_view, 16> kOtherExtensions = {
    "gif", "webp", "svg", "mov", "mkv", "avi",  "ogg", "m4a",
    "aac", "flac", "zip", "vtt", "txt", "html", "exe", "json"};

bool has_extension(const FileType& type, std::string_view extension) {
  return !extension.empty() && std::find(type.extensions.begin(), type.extensions.end(),
                                         extension) != type.extensions.end();
}

std::string extension_of(std::string_view filename) {
  const auto dot = filename.find_last_of('.');
  return dot == std::string_view::npos ? std::string() : lower_case(filename.substr(dot + 1));
}

const FileType* type_of(std::string_view mime_type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [mime_type](const FileType& type) {
    return type.mime_type == mime_type;
  });
  return found == kTypes.end() ? nullptr : &*found;
}

bool is_known_extension(std::string_view extension) {
  return std::any_of(
             kTypes.begin(), kTypes.end(),
             [extension](const FileType& type) { return has_extension(type, extension); }) ||
         std::find(kOtherExtensions.begin(), kOtherExtensions.end(), extension) !=
             kOtherExtensions.end();
}

// "audio/x-wav; rate=1" is "audio"; types such as application/octet-stream claim nothing. A
// container may be claimed as sound or film alike.
std::string family(std::string_view mime_type) {
  const std::string whole = lower_case(trimmed(mime_type.substr(0, mime_type.find(';'))));
  const std::string top = whole.substr(0, whole.find('/'));
  if (top == "audio" || top == "video") return "media";
  return top == "image" ? top : std::string();
}

tl::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorCode::invalid_parameter, "'file' " + what, std::string(kParam));
}

}  // namespace

Result<Facts> facts_from(json::object inspected) {
  Facts facts;
  facts.mime_type = string_or(inspected, "mime");
  facts.kind = string_or(inspected, "kind");
  facts.info = std::move(inspected);
  if (facts.mime_type.empty() || facts.kind.empty()) {
    return fail_with_detail(ErrorCode::internal_error, "The file could not be looked at.",
                            "the inspector named no type");
  }
  return facts;
}

Result<void> check(const Facts& facts, const Claim& claim) {
  const FileType* type = type_of(facts.mime_type);
  if (type == nullptr) {
    return refused("is " + facts.mime_type +
                   ", which cannot be uploaded; PNG, JPEG, MP4, WebM, MP3, WAV, PDF and SRT can.");
  }
  const std::string extension = extension_of(claim.filename);
  if (is_known_extension(extension) && !has_extension(*type, extension)) {
    return refused("is named ." + extension + " but holds " + facts.mime_type + ".");
  }
  const std::string claimed = family(claim.content_type);
  const std::string found = family(facts.mime_type);
  if (!claimed.empty() && claimed != found) {
    return refused("is sent as " + std::string(trimmed(claim.content_type)) + " but holds " +
                   facts.mime_type + ".");
  }
  return {};
}

std::string asset_filename(const Facts& facts, const Claim& claim) {
  if (!claim.filename.empty()) return claim.filename;
  const FileType* type = type_of(facts.mime_type);
  return type == nullptr ? "upload" : "upload." + std::string(type->extensions[0]);
}

}  // namespace understudy::assets
