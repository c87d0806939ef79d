// A project's files in a folder, for compile() and lint(): never through a link or out of it.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "browser/composition.h"

namespace understudy::browser {

// A regular file below the folder by an address from its root, which may be percent-encoded.
std::optional<std::filesystem::path> file_in(const std::filesystem::path& folder,
                                             std::string_view address);

// The readers keep a copy of the folder's path.
ProjectReader folder_reader(const std::filesystem::path& folder);

std::string percent_decoded(std::string_view text);

}  // namespace understudy::browser
