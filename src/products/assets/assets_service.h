// AssetService: upload, find, list and delete. Blocks on the sandbox, the disk and the store; any
// thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "accounts/account.h"
#include "base/clock.h"
#include "jobs/asset_store.h"
#include "jobs/blob_store.h"
#include "products/assets/assets.h"

namespace understudy::assets {

// The name that GET /v3/users/me shows for an account: the owner of its assets.
using UsernameOf = std::function<Result<std::string>(const std::string& account_id)>;

struct Upload {
  std::filesystem::path path;
  Claim claim;
};

class AssetService {
 public:
  AssetService(jobs::AssetStore& assets, jobs::BlobStore& blobs, Inspect inspect,
               UsernameOf username_of, const Clock& clock);

  // Durable when it returns. Errors: invalid_parameter with param "file" (empty, not taken, not
  // what it claims, truncated, damaged), service_unavailable, storage_failed.
  Result<jobs::Asset> upload(const accounts::Principal& principal, const Upload& upload);

  Result<jobs::Asset> find(const accounts::Principal& principal,
                           std::string_view id);  // asset_not_found

  // Newest first; without a `username` the caller's own, of somebody else none. The query's account
  // and owner are set here.
  Result<std::vector<jobs::Asset>> list(const accounts::Principal& principal,
                                        std::string_view username, jobs::AssetQuery query);

  // Permanent; jobs that use the bytes keep them. Errors: asset_not_found.
  Result<void> remove(const accounts::Principal& principal, std::string_view id);

 private:
  jobs::AssetStore& assets_;
  jobs::BlobStore& blobs_;
  Inspect inspect_;
  UsernameOf username_of_;
  const Clock& clock_;
};

jobs::BlobRef blob_of(const jobs::Asset& asset);

}  // namespace understudy::assets
