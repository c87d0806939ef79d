#include "products/assets/assets_json.h"

namespace understudy::assets {

json::object uploaded_json(const jobs::Asset& asset, const std::string& url) {
  return {{"asset_id", asset.id},
          {"url", url},
          {"mime_type", asset.mime_type},
          {"size_bytes", asset.size}};
}

json::object asset_json(const jobs::Asset& asset, const std::string& url) {
  return {{"id", asset.id},
          {"name", asset.filename},
          {"type", asset.kind},
          {"url", string_or_null(url)},
          {"owner", asset.owner},
          {"space_id", asset.account_id},
          {"folder_id", string_or_null(asset.folder_id)},
          {"uploaded_at", asset.created_at_ms / 1000}};
}

}  // namespace understudy::assets
