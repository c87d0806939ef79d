#include "products/assets/upload_service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"

namespace understudy::assets {
namespace {

using jobs::AssetUpload;
using jobs::UploadState;

constexpr std::size_t kNameMax = 255;
constexpr std::chrono::seconds kPauseAfterFailure(5);
// How long one look may take before another server takes over: several times what the inspector
// allows itself. And how often each looks for what others left behind.
constexpr std::int64_t kLookMax_ms = 3 * 60 * 1000;
constexpr std::chrono::seconds kLeftBehindInterval(20);

// A name that every database and header takes: without control characters, at most 255 bytes.
std::string safe_name(std::string_view name) {
  std::string safe(trimmed(name));
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  if (safe.size() <= kNameMax) return safe;
  std::size_t end = kNameMax;
  while (end > 0 && (static_cast<unsigned char>(safe[end]) & 0xc0) == 0x80) --end;
  safe.resize(end);
  return safe;
}

// Failures of this machine, after which the same file may well be fine.
bool is_passing(ErrorCode code) {
  return code == ErrorCode::service_unavailable || code == ErrorCode::storage_failed ||
         code == ErrorCode::internal_error;
}

tl::unexpected<Error> no_asset() {
  return fail(ErrorCode::asset_not_found, "There is no asset with this id.");
}

tl::unexpected<Error> failed_before(const AssetUpload& upload) {
  if (upload.error_code == to_string(ErrorCode::asset_not_found)) return no_asset();
  return fail(error_code_from(upload.error_code).value_or(ErrorCode::asset_not_available),
              upload.error_message);
}

}  // namespace

UploadService::UploadService(jobs::UploadStore& uploads, jobs::AssetStore& assets,
                             jobs::BlobStore& blobs, Inspect inspect, UsernameOf username_of,
                             const Clock& clock, UploadLimits limits)
    : uploads_(uploads),
      assets_(assets),
      blobs_(blobs),
      inspect_(std::move(inspect)),
      username_of_(std::move(username_of)),
      clock_(clock),
      limits_(limits) {
  if (const auto left = uploads_.queue_interrupted(); !left) {
    log::error("uploads: {} {}", left.error().message, left.error().detail);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

UploadService::~UploadService() {
  thread_.request_stop();
  thread_.join();
}

Result<AssetUpload> UploadService::slot(const accounts::Principal& principal,
                                        const Announcement& file) const {
  if (file.size > kUploadBytesMax) {
    return fail(ErrorCode::invalid_parameter,
                "'size_bytes' must be at most " + std::to_string(kUploadBytesMax) + ".",
                "size_bytes");
  }
  TRY(announced_type(file.content_type));
  AssetUpload upload;
  upload.created_at_ms = clock_.now_ms();
  upload.id = new_id(upload.created_at_ms);
  upload.account_id = principal.account_id;
  upload.key_id = principal.key_id;
  upload.filename = safe_name(file.filename);
  upload.content_type = safe_name(file.content_type);
  upload.size = file.size;
  upload.checksum = lower_case(file.checksum);
  upload.expires_at_ms = upload.created_at_ms + limits_.slot_lifetime_ms;
  return upload;
}

Result<AssetUpload> UploadService::open(const accounts::Principal& principal,
                                        const Announcement& file) {
  TRY_ASSIGN(auto upload, slot(principal, file));
  TRY(uploads_.open({upload}, std::nullopt, limits_.open_max));
  return upload;
}

Result<BatchOfUploads> UploadService::open_batch(const accounts::Principal& principal,
                                                 const std::vector<Announcement>& files,
                                                 std::string title) {
  BatchOfUploads made;
  made.batch.created_at_ms = clock_.now_ms();
  made.batch.id = new_id(made.batch.created_at_ms);
  made.batch.account_id = principal.account_id;
  made.batch.title = safe_name(title);
  for (const auto& file : files) {
    const int index = static_cast<int>(made.items.size());
    auto upload = slot(principal, file);
    if (!upload) {
      return fail(upload.error().code,
                  "files[" + std::to_string(index) + "]: " + upload.error().message, "files");
    }
    upload->batch_id = made.batch.id;
    upload->batch_index = index;
    made.items.push_back(*std::move(upload));
  }
  TRY(uploads_.open(made.items, made.batch, limits_.open_max));
  return made;
}

Result<void> UploadService::check_open(const std::string& id) const {
  TRY_ASSIGN(const auto upload, uploads_.find(id));
  if (!upload) return no_asset();  // deleted, or completed long ago
  switch (upload->state) {
    case UploadState::pending:
    case UploadState::uploaded: return {};
    case UploadState::failed: return failed_before(*upload);
    case UploadState::queued:
    case UploadState::processing:
    case UploadState::completed: break;
  }
  return fail(ErrorCode::conflict, "This upload is completed and takes no more content.");
}

Result<void> UploadService::receive(const std::string& id, const std::filesystem::path& file) {
  TRY(check_open(id));
  TRY_ASSIGN(const auto blob, blobs_.put_file(file));
  return uploads_.receive(id, blob.hash, clock_.now_ms() + limits_.received_lifetime_ms);
}

Result<jobs::Asset> UploadService::complete(const accounts::Principal& principal,
                                            const std::string& id, const std::string& checksum) {
  TRY_ASSIGN(const auto upload, find(principal, id));
  if (!upload || upload->state == UploadState::completed) {
    return assets_.find(principal.account_id, id);
  }
  if (upload->state == UploadState::failed) return failed_before(*upload);
  if (upload->state == UploadState::pending) {
    return fail(ErrorCode::resource_not_ready,
                "The uploaded object was not found yet: PUT the content to upload_url first.");
  }
  if (!checksum.empty() && lower_case(checksum) != upload->blob_hash) {
    return fail(ErrorCode::invalid_parameter,
                "'checksum_sha256' is not that of the uploaded content.", "checksum_sha256");
  }
  if (upload->state == UploadState::uploaded) {
    TRY_ASSIGN(const bool is_ours, uploads_.take(id, clock_.now_ms() + kLookMax_ms));
    if (is_ours) return finish(*upload);
  }
  return preview_of(*upload);  // somebody else is at it
}

Result<jobs::Asset> UploadService::finish(const AssetUpload& upload) {
  auto asset = look_at_and_keep(upload);
  if (asset) return asset;
  if (is_passing(asset.error().code)) {
    TRY(uploads_.move(upload.id, UploadState::processing, UploadState::uploaded));
  } else {
    TRY(uploads_.fail(upload.id, asset.error(), clock_.now_ms() + limits_.failure_lifetime_ms));
  }
  return asset;
}

Result<jobs::Asset> UploadService::look_at_and_keep(const AssetUpload& upload) {
  TRY_ASSIGN(const auto path, blobs_.local_path(upload.blob_hash));
  const Claim claim{.filename = upload.filename, .content_type = upload.content_type};
  TRY_ASSIGN(auto facts, look_at(path, claim, Way::direct, inspect_));
  jobs::Asset asset = preview_of(upload);
  TRY_ASSIGN(asset.owner, username_of_(upload.account_id));
  asset.filename = asset_filename(facts, claim);
  asset.mime_type = facts.mime_type;
  asset.kind = facts.kind;
  asset.info = std::move(facts.info);
  TRY(uploads_.complete(asset));
  return asset;
}

Result<void> UploadService::complete_batch(const accounts::Principal& principal,
                                           const std::string& id) {
  const auto found = find_batch(principal, id);
  if (!found && found.error().code == ErrorCode::resource_not_found) {
    return fail(ErrorCode::invalid_parameter, "'batch_id' names no upload batch of yours.",
                "batch_id");
  }
  if (!found) return tl::make_unexpected(found.error());
  const bool is_empty = std::all_of(found->items.begin(), found->items.end(), [](const auto& item) {
    return item.state == UploadState::pending;
  });
  if (is_empty) {
    return fail(ErrorCode::resource_not_ready,
                "None of the uploaded objects was found yet: PUT the content first.");
  }
  TRY(uploads_.queue_batch(id));
  {
    const std::lock_guard lock(mutex_);
    has_work_ = true;
  }
  wake_.notify_all();
  return {};
}

Result<std::optional<AssetUpload>> UploadService::find(const accounts::Principal& principal,
                                                       const std::string& id) {
  TRY_ASSIGN(auto upload, uploads_.find(id));
  if (upload && upload->account_id != principal.account_id) upload.reset();
  return upload;
}

Result<BatchOfUploads> UploadService::find_batch(const accounts::Principal& principal,
                                                 const std::string& id) {
  TRY_ASSIGN(auto batch, uploads_.find_batch(principal.account_id, id));
  if (!batch) {
    return fail(ErrorCode::resource_not_found, "There is no upload batch with this id.");
  }
  TRY_ASSIGN(auto items, uploads_.batch_items(id));
  return BatchOfUploads{.batch = *std::move(batch), .items = std::move(items)};
}

Result<void> UploadService::remove(const accounts::Principal& principal, std::string_view id) {
  return uploads_.remove(principal.account_id, id);
}

// One at a time: a batch must not keep the inspector from single requests.
void UploadService::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, kLeftBehindInterval, [this] { return has_work_; });
    if (stop.stop_requested()) return;
    has_work_ = false;
    lock.unlock();
    if (const auto lapsed = uploads_.queue_lapsed(clock_.now_ms()); !lapsed) {
      log::warn("uploads: {} {}", lapsed.error().message, lapsed.error().detail);
    }
    bool has_failed = false;
    while (!stop.stop_requested() && !has_failed) {
      auto upload = uploads_.claim_queued(clock_.now_ms() + kLookMax_ms);
      if (upload && !*upload) break;
      const auto asset = upload ? finish(**upload) : tl::make_unexpected(upload.error());
      has_failed = !asset && is_passing(asset.error().code);
      if (!has_failed) continue;
      log::warn("uploads: {} {}", asset.error().message, asset.error().detail);
      if (upload) (void)uploads_.move((*upload)->id, UploadState::uploaded, UploadState::queued);
    }
    lock.lock();
    if (!has_failed) continue;
    wake_.wait_for(lock, stop, kPauseAfterFailure, [] { return false; });
    has_work_ = true;
  }
}

jobs::Asset preview_of(const AssetUpload& upload) {
  jobs::Asset asset;
  asset.id = upload.id;
  asset.account_id = upload.account_id;
  asset.key_id = upload.key_id;
  asset.owner = upload.account_id;
  asset.filename = upload.filename;
  asset.mime_type = announced_type(upload.content_type).value_or(upload.content_type);
  if (asset.mime_type.empty()) asset.mime_type = "application/octet-stream";
  asset.kind = kind_of(asset.mime_type);
  asset.size = upload.size;
  asset.blob_hash = upload.blob_hash;
  asset.created_at_ms = upload.created_at_ms;
  return asset;
}

}  // namespace understudy::assets
