// BlobStore: the port for files, by content. Key: SHA-256 of the bytes in hex. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jobs/job.h"

namespace understudy::jobs {

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Copies the file in; durable when it returns. mime_type and name are the caller's to set.
  virtual Result<BlobRef> put_file(const std::filesystem::path& file) = 0;
  virtual Result<BlobRef> put_bytes(std::string_view bytes) = 0;

  // A readable local file with the blob's bytes. Errors: not_found.
  virtual Result<std::filesystem::path> local_path(std::string_view hash) = 0;

  virtual Result<void> remove(std::string_view hash) = 0;  // absent is fine
};

}  // namespace understudy::jobs
