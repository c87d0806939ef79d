// AssetStore: the port for files that customers uploaded. The bytes live in the blob store; an
// asset refers to them by content. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "jobs/job.h"

namespace understudy::jobs {

struct Asset {
  std::string id = {};  // chosen by the caller: new_id()
  std::string account_id = {};
  std::string key_id = {};
  std::string owner = {};  // the username the API shows
  std::string filename = {};
  std::string mime_type = {};  // as sniffed from the bytes
  std::string kind = {};       // "image", "video", "audio", "document"
  std::int64_t size = 0;
  std::string blob_hash = {};
  std::string folder_id = {};  // empty: the root
  json::object info = {};      // what was probed: {"width": .., "height": .., "duration_ms": ..}
  std::int64_t created_at_ms = 0;
};

struct AssetQuery {
  std::string account_id = {};
  std::string owner = {};                     // empty: everyone in the account
  std::string kind = {};                      // empty: all
  std::optional<std::string> folder_id = {};  // "" is the root only
  std::string before_id = {};  // newest first: ids smaller than this; empty = from the newest
  int limit = 10;
};

class AssetStore {
 public:
  virtual ~AssetStore() = default;
  virtual Result<void> put(const Asset& asset) = 0;  // Errors: conflict (id)
  // Errors: asset_not_found.
  virtual Result<Asset> find(std::string_view account_id, std::string_view id) = 0;
  virtual Result<std::vector<Asset>> list(const AssetQuery& query) = 0;  // newest first
  // Jobs that use the bytes keep them. Errors: asset_not_found.
  virtual Result<void> remove(std::string_view account_id, std::string_view id) = 0;
};

}  // namespace understudy::jobs
