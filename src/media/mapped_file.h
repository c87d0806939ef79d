// A file as bytes in memory, read only, paged in by the system. Private to this folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace understudy::media {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);  // Errors: storage_failed
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();
  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace understudy::media
