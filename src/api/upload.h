// UploadWriter: bytes from the network into a new file, with their count and SHA-256. The file is
// removed with the writer unless finish() handed it over.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

#include "api/http.h"
#include "base/bytes.h"

namespace understudy::api {

class UploadWriter {
 public:
  // Errors: storage_failed.
  static Result<std::unique_ptr<UploadWriter>> open(const std::filesystem::path& folder);
  ~UploadWriter();
  UploadWriter(const UploadWriter&) = delete;
  UploadWriter& operator=(const UploadWriter&) = delete;

  Result<void> write(std::string_view bytes);  // Errors: storage_failed
  // path, size and sha256; the rest is the caller's to fill in. Once. Errors: storage_failed.
  Result<UploadedFile> finish();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  UploadWriter(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Closer> file_;
  Sha256Stream hash_;
  std::int64_t size_ = 0;
};

// Removes what a handler did not move away.
void remove_uploads(const std::vector<UploadedFile>& files);

}  // namespace understudy::api
