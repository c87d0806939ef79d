#include "jobs/input_resolver.h"

#include <algorithm>
#include <fstream>

#include "base/bytes.h"
#include "base/file.h"
#include "jobs/input_url.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

Error with_param(Error error, const InputRules& rules) {
  error.param = rules.param;
  return error;
}

// The last part of a URL's path, for the blob's name.
std::string name_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto slash = url.rfind('/');
  return std::string(slash == std::string_view::npos ? url : url.substr(slash + 1));
}

std::string list_of(const std::vector<std::string>& kinds) {
  std::string text;
  for (const auto& kind : kinds) text += (text.empty() ? "" : " or ") + kind;
  return text;
}

}  // namespace

InputResolver::InputResolver(net::HttpClient& http, AssetStore& assets, BlobStore& blobs,
                             Inspect inspect, fs::path temporary_folder)
    : http_(http),
      assets_(assets),
      blobs_(blobs),
      inspect_(std::move(inspect)),
      temporary_folder_(std::move(temporary_folder)) {}

Result<ResolvedInput> InputResolver::from_url(const std::string& url, const InputRules& rules,
                                              Keep keep) {
  if (find_own_file_) {
    const auto own = find_own_file_(url);
    if (!own) return tl::make_unexpected(with_param(own.error(), rules));
    if (*own) return from_own(**own, rules, keep);
  }
  TRY(check_input_url(url, allows_private(), rules.param));
  const TemporaryFolder folder(temporary_folder_);
  const fs::path file = folder.path() / "input";
  net::Limits limits;
  limits.size_max = rules.size_max;
  limits.time_ms = 30'000;  // POST /v3/videos is expected to answer within about 31 s
  auto fetched = http_.download(url, file, limits);
  if (!fetched) return tl::make_unexpected(with_param(fetched.error(), rules));
  TRY_ASSIGN(auto input, take(file, name_of(url), rules, keep));
  TRY(check_input_extension(url, input.blob.mime_type, rules.param));
  return input;
}

Result<ResolvedInput> InputResolver::from_own(const OwnFile& own, const InputRules& rules,
                                              Keep keep) {
  std::error_code failed;
  const auto size = static_cast<std::int64_t>(own.path.empty() ? own.bytes.size()
                                                               : fs::file_size(own.path, failed));
  if (failed) {
    return fail(ErrorCode::download_failed, "'" + rules.param + "' leads to a file that is gone.",
                rules.param);
  }
  if (size > rules.size_max) {
    return fail(ErrorCode::invalid_parameter, "'" + rules.param + "' is larger than allowed.",
                rules.param);
  }
  if (!own.path.empty()) return take(own.path, own.name, rules, keep);
  const TemporaryFolder folder(temporary_folder_);
  const fs::path file = folder.path() / "input";
  std::ofstream(file, std::ios::binary) << own.bytes;
  return take(file, own.name, rules, keep);
}

Result<ResolvedInput> InputResolver::from_asset(std::string_view account_id,
                                                const std::string& asset_id,
                                                const InputRules& rules) {
  auto asset = assets_.find(account_id, asset_id);
  if (!asset) return tl::make_unexpected(with_param(asset.error(), rules));
  const std::string& kind = asset->kind;
  if (std::find(rules.kinds.begin(), rules.kinds.end(), kind) == rules.kinds.end()) {
    return fail(ErrorCode::invalid_parameter,
                "'" + rules.param + "' must be " + list_of(rules.kinds) + ", and this asset is " +
                    kind + ".",
                rules.param);
  }
  if (asset->size > rules.size_max) {
    return fail(ErrorCode::invalid_parameter, "'" + rules.param + "' is larger than allowed.",
                rules.param);
  }
  ResolvedInput input;
  input.blob = {.hash = asset->blob_hash,
                .size = asset->size,
                .mime_type = asset->mime_type,
                .name = asset->filename};
  input.facts = asset->info;
  return input;
}

Result<ResolvedInput> InputResolver::from_base64(const std::string& data, const InputRules& rules,
                                                 Keep keep) {
  const auto bytes = understudy::from_base64(data);
  if (!bytes) {
    return fail(ErrorCode::invalid_parameter, "'" + rules.param + "' is not valid base64.",
                rules.param);
  }
  const TemporaryFolder folder(temporary_folder_);
  const fs::path file = folder.path() / "input";
  std::ofstream(file, std::ios::binary) << *bytes;
  return take(file, "input", rules, keep);
}

Result<ResolvedInput> InputResolver::from_source(std::string_view account_id,
                                                 const InputSource& source, const InputRules& rules,
                                                 Keep keep) {
  if (!source.url.empty()) return from_url(source.url, rules, keep);
  if (!source.asset_id.empty()) return from_asset(account_id, source.asset_id, rules);
  return from_base64(source.base64, rules, keep);
}

Result<ResolvedInput> InputResolver::take(const fs::path& file, const std::string& name,
                                          const InputRules& rules, Keep keep) {
  auto facts = inspect_(file);
  if (!facts) return tl::make_unexpected(with_param(facts.error(), rules));
  const std::string kind = string_or(*facts, "kind");
  if (std::find(rules.kinds.begin(), rules.kinds.end(), kind) == rules.kinds.end()) {
    return fail(
        ErrorCode::invalid_parameter,
        "'" + rules.param + "' must be " + list_of(rules.kinds) + ", and this is " + kind + ".",
        rules.param);
  }
  ResolvedInput input;
  if (keep == Keep::in_blob_store) {
    TRY_ASSIGN(input.blob, blobs_.put_file(file));
  }
  input.blob.mime_type = string_or(*facts, "mime");
  input.blob.name = name;
  input.facts = *std::move(facts);
  return input;
}

}  // namespace understudy::jobs
