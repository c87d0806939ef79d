#include "jobs/input_url.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace understudy::jobs {
namespace {

// Files that go by several names and types: a container holds sound or film.
struct Family {
  std::array<std::string_view, 4> extensions;
  std::array<std::string_view, 3> types;
};
constexpr std::array kFamilies = {
    Family{{"png"}, {"image/png"}},
    Family{{"jpg", "jpeg", "jpe", "jfif"}, {"image/jpeg"}},
    Family{{"gif"}, {"image/gif"}},
    Family{{"webp"}, {"image/webp"}},
    Family{{"mp4", "m4v", "m4a", "mov"}, {"video/mp4", "audio/mp4", "video/quicktime"}},
    Family{{"webm", "mkv"}, {"video/webm", "audio/webm", "video/x-matroska"}},
    Family{{"mp3", "mpga"}, {"audio/mpeg"}},
    Family{{"wav", "wave"}, {"audio/wav"}},
    Family{{"ogg", "oga"}, {"audio/ogg"}},
    Family{{"flac"}, {"audio/flac"}},
    Family{{"aac"}, {"audio/aac"}},
    Family{{"zip"}, {"application/zip"}},
    Family{{"pdf"}, {"application/pdf"}},
};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

// In lower case; of the path's last part.
std::string extension_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto host = url.find("://");
  const auto slash = url.rfind('/');
  if (slash == std::string_view::npos || (host != std::string_view::npos && slash < host + 3))
    return {};
  const auto dot = url.rfind('.');
  return dot == std::string_view::npos || dot < slash ? std::string()
                                                      : lower_case(url.substr(dot + 1));
}

}  // namespace

Result<void> check_input_url(std::string_view url, bool allows_private, const std::string& param) {
  const std::string scheme = lower_case(url.substr(0, url.find("://")));
  if (scheme != "http" || allows_private) return {};  // others are refused where they are fetched
  return fail(ErrorCode::download_failed, "'" + param + "' must be a public https URL.", param);
}

Result<void> check_input_extension(std::string_view url, std::string_view mime_type,
                                   const std::string& param) {
  const std::string extension = extension_of(url);
  const auto named = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& family) {
    return has(family.extensions, extension);
  });
  const bool is_known = std::any_of(kFamilies.begin(), kFamilies.end(), [&](const Family& family) {
    return has(family.types, mime_type);
  });
  if (named == kFamilies.end() || !is_known || has(named->types, mime_type)) return {};
  return fail(ErrorCode::invalid_parameter,
              "'" + param + "' is named ." + extension + " and holds " + std::string(mime_type) +
                  "; the extension must match the content.",
              param);
}

}  // namespace understudy::jobs
