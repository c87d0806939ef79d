#include "products/assets/assets.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace understudy::assets {
namespace {

struct FileType {
  std::string_view mime_type;
  std::string_view kind;
  std::array<std::string_view, 4> extensions;  // the first is the one given to a nameless file
  std::array<std::string_view, 4> aliases;     // other names of the type
};

constexpr std::string_view kZip = "application/zip";  // in direct uploads only
constexpr std::array kTypes = {
    FileType{"image/png", "image", {"png"}, {"image/x-png"}},
    FileType{"image/jpeg", "image", {"jpg", "jpeg", "jpe", "jfif"}, {"image/jpg", "image/pjpeg"}},
    FileType{"video/mp4", "video", {"mp4", "m4v"}, {"video/x-m4v"}},
    FileType{"video/webm", "video", {"webm"}, {}},
    FileType{"audio/mpeg", "audio", {"mp3", "mpga"}, {"audio/mp3", "audio/x-mp3", "audio/mpeg3"}},
    FileType{"audio/wav",
             "audio",
             {"wav", "wave"},
             {"audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"}},
    FileType{"application/pdf", "document", {"pdf"}, {"application/x-pdf"}},
    FileType{"application/x-subrip",
             "document",
             {"srt"},
             {"text/srt", "text/plain", "application/srt", "text/x-subrip"}},
    FileType{kZip, "document", {"zip"}, {"application/x-zip-compressed", "application/x-zip"}},
};

// Extensions that name a type which is not taken here; other ones say nothing.
constexpr std::array<std::string_view, 15> kOtherExtensions = {
    "gif", "webp", "svg", "mov", "mkv",  "avi", "ogg", "m4a",
    "aac", "flac", "vtt", "txt", "html", "exe", "json"};

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

std::string_view taken_types(Way way) {
  return way == Way::direct ? "PNG, JPEG, MP4, WebM, MP3, WAV, PDF, SRT and ZIP can."
                            : "PNG, JPEG, MP4, WebM, MP3, WAV, PDF and SRT can.";
}

// Multipart names the field at fault; a direct upload is completed by a request without one.
tl::unexpected<Error> refused(Way way, const std::string& what) {
  return way == Way::direct ? fail(ErrorCode::invalid_parameter, "The uploaded file " + what)
                            : fail(ErrorCode::invalid_parameter, "'file' " + what, "file");
}

// A file that kills its inspector, or that the inspector gives up on, is the file's fault.
bool is_about_the_file(ErrorCode code) {
  return code == ErrorCode::invalid_parameter || code == ErrorCode::media_unreadable ||
         code == ErrorCode::video_too_long || code == ErrorCode::no_audio_track;
}

// Errors: internal_error (the inspector did not say what the file is).
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

Result<void> check_type(const Facts& facts, const Claim& claim, Way way) {
  const auto different = [&] {
    return refused(way, "is sent as " + std::string(trimmed(claim.content_type)) + " but holds " +
                            facts.mime_type + ".");
  };
  if (way == Way::direct) {
    TRY_ASSIGN(const auto announced, announced_type(claim.content_type));
    if (!announced.empty() && announced != facts.mime_type) return different();
    return {};
  }
  const std::string claimed = family(claim.content_type);
  if (!claimed.empty() && claimed != family(facts.mime_type)) return different();
  return {};
}

Result<void> check(const Facts& facts, const Claim& claim, Way way) {
  const FileType* type = type_of(facts.mime_type);
  if (type == nullptr || (way == Way::multipart && facts.mime_type == kZip)) {
    return refused(way, "is " + facts.mime_type + ", which cannot be uploaded; " +
                            std::string(taken_types(way)));
  }
  const std::string extension = extension_of(claim.filename);
  if (is_known_extension(extension) && !has_extension(*type, extension)) {
    return refused(way, "is named ." + extension + " but holds " + facts.mime_type + ".");
  }
  return check_type(facts, claim, way);
}

}  // namespace

Result<Facts> look_at(const std::filesystem::path& file, const Claim& claim, Way way,
                      const Inspect& inspect) {
  std::error_code failed;
  if (std::filesystem::file_size(file, failed) == 0) return refused(way, "is empty.");
  auto inspected = inspect(file);
  if (!inspected) {
    if (!is_about_the_file(inspected.error().code)) {
      return tl::make_unexpected(std::move(inspected).error());
    }
    auto refusal = refused(way, "cannot be used: " + inspected.error().message);
    refusal.value().detail = inspected.error().detail;
    return refusal;
  }
  TRY_ASSIGN(auto facts, facts_from(*std::move(inspected)));
  TRY(check(facts, claim, way));
  return facts;
}

Result<std::string> announced_type(std::string_view content_type) {
  const std::string whole = lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
  if (whole == "application/octet-stream" || whole == "binary/octet-stream") return std::string();
  for (const FileType& type : kTypes) {
    const bool is_alias =
        std::find(type.aliases.begin(), type.aliases.end(), whole) != type.aliases.end();
    if (!whole.empty() && (type.mime_type == whole || is_alias)) {
      return std::string(type.mime_type);
    }
  }
  return fail(ErrorCode::invalid_parameter,
              "'content_type' names a type that cannot be uploaded; " +
                  std::string(taken_types(Way::direct)),
              "content_type");
}

std::string_view kind_of(std::string_view mime_type) {
  const FileType* type = type_of(mime_type);
  return type == nullptr ? "document" : type->kind;
}

std::string asset_filename(const Facts& facts, const Claim& claim) {
  if (!claim.filename.empty()) return claim.filename;
  const FileType* type = type_of(facts.mime_type);
  return type == nullptr ? "upload" : "upload." + std::string(type->extensions[0]);
}

}  // namespace understudy::assets
