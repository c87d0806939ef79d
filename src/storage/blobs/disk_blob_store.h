// Blobs as files, named by the SHA-256 of their bytes: <root>/ab/abcdef.... A blob is durable when
// it can be seen: written beside, synced, renamed, and the folder synced. One process owns the
// root.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "jobs/blob_store.h"
#include "storage/sql/database.h"

namespace understudy::storage {

class DiskBlobStore : public jobs::BlobStore {
 public:
  // Those that nobody put (again) since `time_ms`.
  virtual Result<std::vector<std::string>> untouched_since(std::int64_t time_ms) = 0;
  // Removes the blob unless someone put it (again) since `time_ms`. Returns whether it is gone.
  virtual Result<bool> remove_if_untouched(std::string_view hash, std::int64_t time_ms) = 0;
};

// Makes the folder (0700) when it is missing. Errors: storage_failed.
Result<std::unique_ptr<DiskBlobStore>> open_disk_blob_store(const std::filesystem::path& root);

// Removes blobs that nobody refers to and nobody put since `time_ms`: old enough that whoever put
// one has had the time to refer to it. Returns how many.
Result<int> sweep_blobs(DiskBlobStore& blobs, Database& database, std::int64_t time_ms);

}  // namespace understudy::storage
