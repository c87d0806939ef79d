// InputResolver: turns what a client names as an input (a URL, one of its assets, base64 data) into
// bytes that were looked at, in the blob store. Blocks on the network; any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/asset_store.h"
#include "jobs/blob_store.h"
#include "jobs/input_source.h"
#include "net/http_client.h"

namespace understudy::jobs {

// The facts of a media file (media/inspect.h) as JSON, found out in a sandbox.
using Inspect = std::function<Result<json::object>(const std::filesystem::path&)>;

// What one of this server's own links leads to: a file, or bytes that are made when asked for.
struct OwnFile {
  std::filesystem::path path = {};  // empty: the bytes
  std::string bytes = {};
  std::string name = {};
};
// Nothing: the URL is not one of this server's. Errors: of a link that is, and leads nowhere.
using FindOwnFile = std::function<Result<std::optional<OwnFile>>(const std::string& url)>;

struct InputRules {
  std::string param;               // named in every error: "audio_url"
  std::vector<std::string> kinds;  // accepted kinds of MediaInfo: "audio", "video", "image"
  std::int64_t size_max = 50 << 20;
};

struct ResolvedInput {
  BlobRef blob;        // its hash is empty when the bytes were only looked at
  json::object facts;  // MediaInfo
};

enum class Keep { in_blob_store, nothing };

class InputResolver {
 public:
  InputResolver(net::HttpClient& http, AssetStore& assets, BlobStore& blobs, Inspect inspect,
                std::filesystem::path temporary_folder);

  // Before any request: this server's own links are read in place, also where it has no address
  // that the network's rules would let it call.
  void set_own_files(FindOwnFile find_own_file) { find_own_file_ = std::move(find_own_file); }

  // Errors: download_failed (no https, unreachable, private address, too slow), invalid_parameter
  // (too large, not what the rules accept or its own extension says, empty, truncated), each with
  // the rules' param.
  Result<ResolvedInput> from_url(const std::string& url, const InputRules& rules, Keep keep);

  // Errors: asset_not_found, invalid_parameter.
  Result<ResolvedInput> from_asset(std::string_view account_id, const std::string& asset_id,
                                   const InputRules& rules);

  // Errors: invalid_parameter.
  Result<ResolvedInput> from_base64(const std::string& data, const InputRules& rules, Keep keep);

  // By whichever of the three the source has. Errors: as above.
  Result<ResolvedInput> from_source(std::string_view account_id, const InputSource& source,
                                    const InputRules& rules, Keep keep);

  // Whether URLs of customers may lead to private addresses (development and tests).
  bool allows_private() const { return http_.allows_private(); }

 private:
  Result<ResolvedInput> from_own(const OwnFile& own, const InputRules& rules, Keep keep);
  Result<ResolvedInput> take(const std::filesystem::path& file, const std::string& name,
                             const InputRules& rules, Keep keep);

  net::HttpClient& http_;
  AssetStore& assets_;
  BlobStore& blobs_;
  Inspect inspect_;
  std::filesystem::path temporary_folder_;
  FindOwnFile find_own_file_ = {};
};

}  // namespace understudy::jobs
