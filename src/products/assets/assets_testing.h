// For tests of this folder: stores in memory, small files, and the routes over a real server.
#pragma once

#include <algorithm>

#include "api/test_server.h"
#include "base/bytes.h"
#include "media/inspect.h"
#include "products/assets/assets_routes.h"
#include "products/assets/upload_routes.h"

namespace understudy::assets {

class MemoryAssets final : public jobs::AssetStore {
 public:
  Result<void> put(const jobs::Asset& asset) override {
    const std::lock_guard lock(mutex_);
    assets_.push_back(asset);
    return {};
  }
  Result<jobs::Asset> find(std::string_view account_id, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (const auto& asset : assets_) {
      if (asset.id == id && asset.account_id == account_id) return asset;
    }
    return fail(ErrorCode::asset_not_found, "There is no asset with this id.");
  }
  Result<std::vector<jobs::Asset>> list(const jobs::AssetQuery& query) override {
    const std::lock_guard lock(mutex_);
    std::vector<jobs::Asset> found;
    for (auto asset = assets_.rbegin(); asset != assets_.rend(); ++asset) {
      if (asset->account_id != query.account_id) continue;
      if (query.folder_id && asset->folder_id != *query.folder_id) continue;
      if (!query.before_id.empty() && asset->id >= query.before_id) continue;
      if (static_cast<int>(found.size()) < query.limit) found.push_back(*asset);
    }
    return found;
  }
  Result<void> remove(std::string_view account_id, std::string_view id) override {
    TRY(find(account_id, id));
    const std::lock_guard lock(mutex_);
    std::erase_if(assets_, [id](const auto& asset) { return asset.id == id; });
    return {};
  }

 private:
  std::mutex mutex_;
  std::vector<jobs::Asset> assets_;
};

class FolderBlobs final : public jobs::BlobStore {
 public:
  Result<jobs::BlobRef> put_file(const std::filesystem::path& file) override {
    TRY_ASSIGN(const auto bytes, read_file(file));
    return put_bytes(bytes);
  }
  Result<jobs::BlobRef> put_bytes(std::string_view bytes) override {
    const std::string hash = sha256_hex(bytes);
    TRY(write_file_durably(folder_.path() / hash, bytes));
    return jobs::BlobRef{
        .hash = hash, .size = static_cast<std::int64_t>(bytes.size()), .mime_type = {}, .name = {}};
  }
  Result<std::filesystem::path> local_path(std::string_view hash) override {
    return folder_.path() / std::string(hash);
  }
  Result<void> remove(std::string_view) override { return {}; }
  bool is_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

inline std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

// Half a second of a ramp, 8 kHz, 16 bits, mono.
inline std::string wav() {
  std::string samples;
  for (std::uint32_t i = 0; i < 4000; ++i) samples += little_endian(i * 7 % 5000, 2);
  const auto size = static_cast<std::uint32_t>(samples.size());
  return "RIFF" + little_endian(36 + size, 4) + "WAVEfmt " + little_endian(16, 4) +
         little_endian(1, 2) + little_endian(1, 2) + little_endian(8000, 4) +
         little_endian(16000, 4) + little_endian(2, 2) + little_endian(16, 2) + "data" +
         little_endian(size, 4) + samples;
}

// One grey pixel.
inline std::string png() {
  return *from_base64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");
}

inline constexpr char kSrt[] = "1\n00:00:00,000 --> 00:00:01,000\nhello\n";

class MemoryUploads final : public jobs::UploadStore {
 public:
  explicit MemoryUploads(jobs::AssetStore& assets) : assets_(assets) {}

  Result<void> open(const std::vector<jobs::AssetUpload>& uploads,
                    const std::optional<jobs::UploadBatch>& batch, int open_max) override {
    const std::lock_guard lock(mutex_);
    if (static_cast<int>(uploads_.size() + uploads.size()) > open_max) {
      return understudy::fail(ErrorCode::resource_limit_reached, "Too many.");
    }
    if (batch) batches_[batch->id] = *batch;
    for (const auto& upload : uploads) uploads_[upload.id] = upload;
    return {};
  }
  Result<std::optional<jobs::AssetUpload>> find(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(std::string(id));
    if (found == uploads_.end()) return std::optional<jobs::AssetUpload>();
    return std::optional(found->second);
  }
  Result<std::optional<jobs::UploadBatch>> find_batch(std::string_view account_id,
                                                      std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto found = batches_.find(std::string(id));
    const bool is_own = found != batches_.end() && found->second.account_id == account_id;
    return is_own ? std::optional(found->second) : std::optional<jobs::UploadBatch>();
  }
  Result<std::vector<jobs::AssetUpload>> batch_items(std::string_view batch_id) override {
    const std::lock_guard lock(mutex_);
    std::vector<jobs::AssetUpload> items;
    for (const auto& [id, upload] : uploads_) {
      if (upload.batch_id == batch_id) items.push_back(upload);
    }
    std::sort(items.begin(), items.end(),
              [](const auto& a, const auto& b) { return a.batch_index < b.batch_index; });
    return items;
  }
  Result<void> receive(std::string_view id, const std::string& blob_hash,
                       std::int64_t expires_at_ms) override {
    const std::lock_guard lock(mutex_);
    auto& upload = uploads_.at(std::string(id));
    upload.state = jobs::UploadState::uploaded;
    upload.blob_hash = blob_hash;
    upload.expires_at_ms = expires_at_ms;
    return {};
  }
  Result<bool> move(std::string_view id, jobs::UploadState from, jobs::UploadState to) override {
    const std::lock_guard lock(mutex_);
    auto& upload = uploads_.at(std::string(id));
    if (upload.state != from) return false;
    upload.state = to;
    return true;
  }
  Result<bool> take(std::string_view id, std::int64_t) override {
    return move(id, jobs::UploadState::uploaded, jobs::UploadState::processing);
  }
  Result<int> queue_batch(std::string_view batch_id) override {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (auto& [id, upload] : uploads_) {
      if (upload.batch_id != batch_id || upload.state != jobs::UploadState::uploaded) continue;
      upload.state = jobs::UploadState::queued;
      ++count;
    }
    return count;
  }
  Result<std::optional<jobs::AssetUpload>> claim_queued(std::int64_t) override {
    const std::lock_guard lock(mutex_);
    for (auto& [id, upload] : uploads_) {
      if (upload.state != jobs::UploadState::queued) continue;
      upload.state = jobs::UploadState::processing;
      return std::optional(upload);
    }
    return std::optional<jobs::AssetUpload>();
  }
  Result<int> queue_interrupted() override { return 0; }
  Result<int> queue_lapsed(std::int64_t) override { return 0; }
  Result<void> complete(const jobs::Asset& asset) override {
    TRY(assets_.put(asset));
    const std::lock_guard lock(mutex_);
    auto& upload = uploads_.at(asset.id);
    upload.state = jobs::UploadState::completed;
    if (upload.batch_id.empty()) uploads_.erase(asset.id);
    return {};
  }
  Result<void> fail(std::string_view id, const Error& error, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    auto& upload = uploads_.at(std::string(id));
    upload.state = jobs::UploadState::failed;
    upload.error_code = to_string(error.code);
    upload.error_message = error.message;
    return {};
  }
  Result<void> remove(std::string_view account_id, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(std::string(id));
    if (found == uploads_.end() || found->second.account_id != account_id) {
      return understudy::fail(ErrorCode::asset_not_found, "There is no asset with this id.");
    }
    uploads_.erase(found);
    return {};
  }
  Result<int> sweep(std::int64_t, std::int64_t) override { return 0; }

 private:
  jobs::AssetStore& assets_;
  std::mutex mutex_;
  std::map<std::string, jobs::AssetUpload> uploads_;
  std::map<std::string, jobs::UploadBatch> batches_;
};

class AssetsTest : public testing::Test {
 protected:
  static Result<json::object> inspect(const std::filesystem::path& path) {
    TRY_ASSIGN(const auto info, media::inspect_file(path));
    return media::to_json(info);
  }
  static Result<std::string> name_of(const std::string& account) { return "name-of-" + account; }
  static std::string link(const jobs::BlobRef& blob, const api::Request&) {
    return "http://h/files/" + blob.name;
  }
  static std::string data(const api::Answer& answer, std::string_view name) {
    const json::value document = answer.json();
    return string_or(document.as_object().at("data").as_object(), name);
  }
  std::vector<api::Route> all_routes() {
    auto all = routes(service_, uploads_, link);
    for (auto& route : upload_routes(uploads_, service_, signer_, clock_, link)) {
      all.push_back(std::move(route));
    }
    return all;
  }

  ManualClock clock_;
  MemoryAssets assets_;
  MemoryUploads slots_{assets_};
  FolderBlobs blobs_;
  AssetService service_{assets_, blobs_, inspect, name_of, clock_};
  UploadSigner signer_{"secret"};
  UploadService uploads_{slots_, assets_, blobs_, inspect, name_of, clock_};
  api::TestServer server_{all_routes()};
};

}  // namespace understudy::assets
