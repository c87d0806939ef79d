// Project archives: ZIP files from outside, unpacked or looked into under limits. Runs inside the
// sandboxed render or inspection; libzip stops here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace understudy::browser {

struct ArchiveLimits {
  std::int64_t archive_bytes_max = 200LL << 20;
  std::int64_t total_bytes_max = 500LL << 20;  // unpacked
  std::int64_t entries_max = 2000;
  std::int64_t ratio_max = 100;  // unpacked to packed, of the whole and of every file above 1 MB
};

// Unpacks into a folder that exists and is empty. A name must be relative, of plain parts, unique;
// links and encrypted entries are refused; sizes are counted, not believed.
// Errors: hyperframes_project_invalid (param "project"), storage_failed.
Result<void> unpack_project(const std::filesystem::path& archive,
                            const std::filesystem::path& folder, const ArchiveLimits& limits = {});

struct ArchivedFile {
  std::string path;
  std::int64_t size = 0;
  std::string text;  // of HTML files
};

// Checks as unpack_project() does, and returns every file's name and the content of HTML files.
Result<std::vector<ArchivedFile>> read_project_texts(const std::filesystem::path& archive,
                                                     const ArchiveLimits& limits = {});

// Packs a folder, for the command line. Links are not followed. Errors: storage_failed,
// hyperframes_project_invalid (beyond the limits).
Result<void> pack_project(const std::filesystem::path& folder, const std::filesystem::path& archive,
                          const ArchiveLimits& limits = {});

}  // namespace understudy::browser
