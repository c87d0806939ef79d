#include "products/assets/assets_service.h"

#include <utility>

#include "base/id.h"

namespace understudy::assets {

AssetService::AssetService(jobs::AssetStore& assets, jobs::BlobStore& blobs, Inspect inspect,
                           UsernameOf username_of, const Clock& clock)
    : assets_(assets),
      blobs_(blobs),
      inspect_(std::move(inspect)),
      username_of_(std::move(username_of)),
      clock_(clock) {}

Result<jobs::Asset> AssetService::upload(const accounts::Principal& principal,
                                         const Upload& upload) {
  TRY_ASSIGN(auto facts, look_at(upload.path, upload.claim, Way::multipart, inspect_));
  TRY_ASSIGN(auto owner, username_of_(principal.account_id));
  TRY_ASSIGN(const auto blob, blobs_.put_file(upload.path));
  jobs::Asset asset;
  asset.created_at_ms = clock_.now_ms();
  asset.id = new_id(asset.created_at_ms);
  asset.account_id = principal.account_id;
  asset.key_id = principal.key_id;
  asset.owner = std::move(owner);
  asset.filename = asset_filename(facts, upload.claim);
  asset.mime_type = facts.mime_type;
  asset.kind = facts.kind;
  asset.size = blob.size;
  asset.blob_hash = blob.hash;
  asset.info = std::move(facts.info);
  TRY(assets_.put(asset));
  return asset;
}

Result<jobs::Asset> AssetService::find(const accounts::Principal& principal, std::string_view id) {
  return assets_.find(principal.account_id, id);
}

Result<std::vector<jobs::Asset>> AssetService::list(const accounts::Principal& principal,
                                                    std::string_view username,
                                                    jobs::AssetQuery query) {
  TRY_ASSIGN(const auto own, username_of_(principal.account_id));
  const bool is_own = username.empty() || username == own || username == principal.account_id;
  if (!is_own) return std::vector<jobs::Asset>();
  query.account_id = principal.account_id;
  query.owner.clear();  // one account, one owner, whatever its name was at the time of the upload
  return assets_.list(query);
}

Result<void> AssetService::remove(const accounts::Principal& principal, std::string_view id) {
  return assets_.remove(principal.account_id, id);
}

jobs::BlobRef blob_of(const jobs::Asset& asset) {
  return {.hash = asset.blob_hash,
          .size = asset.size,
          .mime_type = asset.mime_type,
          .name = asset.filename};
}

}  // namespace understudy::assets
