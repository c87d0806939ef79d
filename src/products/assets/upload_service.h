// UploadService: direct uploads, one by one and in batches: open a slot, take its bytes, complete
// it to an asset. Batches are completed in the background, by a thread of the service.
//
// Where the bytes go is decided in two places only: `Presign` says where a client PUTs them, and
// receive() is told that they came. Any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "accounts/account.h"
#include "base/clock.h"
#include "jobs/asset_store.h"
#include "jobs/blob_store.h"
#include "jobs/upload_store.h"
#include "products/assets/assets.h"
#include "products/assets/assets_service.h"

namespace understudy::assets {

inline constexpr std::int64_t kUploadBytesMax = 200 << 20;

// A file that a client announces.
struct Announcement {
  std::string filename;
  std::string content_type;
  std::int64_t size = 0;
  std::string checksum;  // SHA-256 in hex of either case; empty: none
};

struct UploadLimits {
  std::int64_t slot_lifetime_ms = 3'600'000;       // until the bytes are there
  std::int64_t received_lifetime_ms = 86'400'000;  // then until it is completed
  std::int64_t failure_lifetime_ms = 7 * 86'400'000LL;
  int open_max = 1000;  // per account
};

struct BatchOfUploads {
  jobs::UploadBatch batch;
  std::vector<jobs::AssetUpload> items;
};

class UploadService {
 public:
  UploadService(jobs::UploadStore& uploads, jobs::AssetStore& assets, jobs::BlobStore& blobs,
                Inspect inspect, UsernameOf username_of, const Clock& clock,
                UploadLimits limits = {});
  ~UploadService();  // waits for the file being looked at
  UploadService(const UploadService&) = delete;
  UploadService& operator=(const UploadService&) = delete;

  // Errors: invalid_parameter (size_bytes, content_type), resource_limit_reached.
  Result<jobs::AssetUpload> open(const accounts::Principal& principal, const Announcement& file);
  // All or none. Errors: as of open(), with param "files" and the entry's index in the message.
  Result<BatchOfUploads> open_batch(const accounts::Principal& principal,
                                    const std::vector<Announcement>& files, std::string title);

  // Whether the upload still takes bytes. Errors: asset_not_found, conflict, asset_not_available.
  Result<void> check_open(const std::string& id) const;
  // The bytes of an upload came as `file`. Errors: as of check_open(), storage_failed.
  Result<void> receive(const std::string& id, const std::filesystem::path& file);

  // Looks at the bytes and makes the asset; once it is there, further calls change nothing.
  // Errors: resource_not_ready (no bytes yet), invalid_parameter (not what was announced),
  // asset_not_available (failed before), asset_not_found, service_unavailable.
  Result<jobs::Asset> complete(const accounts::Principal& principal, const std::string& id,
                               const std::string& checksum);
  // What has bytes will be completed soon. Errors: invalid_parameter (batch_id),
  // resource_not_ready.
  Result<void> complete_batch(const accounts::Principal& principal, const std::string& id);

  // Empty when it is none of the account's, or an asset that was not uploaded in a batch.
  Result<std::optional<jobs::AssetUpload>> find(const accounts::Principal& principal,
                                                const std::string& id);
  Result<BatchOfUploads> find_batch(const accounts::Principal& principal,
                                    const std::string& id);  // resource_not_found

  Result<void> remove(const accounts::Principal& principal, std::string_view id);

 private:
  Result<jobs::AssetUpload> slot(const accounts::Principal& principal,
                                 const Announcement& file) const;
  Result<jobs::Asset> finish(const jobs::AssetUpload& upload);  // requires: processing, by us
  Result<jobs::Asset> look_at_and_keep(const jobs::AssetUpload& upload);
  void run(const std::stop_token& stop);

  jobs::UploadStore& uploads_;
  jobs::AssetStore& assets_;
  jobs::BlobStore& blobs_;
  Inspect inspect_;
  UsernameOf username_of_;
  const Clock& clock_;
  UploadLimits limits_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool has_work_ = true;  // what the last run of the program left
  std::jthread thread_;
};

// As far as it is known before it is completed.
jobs::Asset preview_of(const jobs::AssetUpload& upload);

}  // namespace understudy::assets
