// UploadStore: the port for direct uploads on their way to become assets.
//
//   pending     the slot is open, no bytes yet
//   uploaded    the bytes are in the blob store; another PUT replaces them
//   queued      to be completed in the background (batches)
//   processing  a server looks at the bytes; when it does not come back, another one will
//   completed   there is an asset with this id (only uploads of a batch are kept in this state)
//   failed      with a reason; the bytes are let go
//
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jobs/asset_store.h"

namespace understudy::jobs {

enum class UploadState { pending, uploaded, queued, processing, completed, failed };

constexpr std::string_view to_string(UploadState state) {
  switch (state) {
    case UploadState::pending: return "pending";
    case UploadState::uploaded: return "uploaded";
    case UploadState::queued: return "queued";
    case UploadState::processing: return "processing";
    case UploadState::completed: return "completed";
    case UploadState::failed: return "failed";
  }
  return {};
}

struct AssetUpload {
  std::string id = {};  // of the asset to be: new_id()
  std::string account_id = {};
  std::string key_id = {};
  std::string filename = {};
  std::string content_type = {};
  std::int64_t size = 0;
  std::string checksum = {};  // SHA-256 in lower-case hex; empty: none was announced
  std::string batch_id = {};
  int batch_index = 0;
  UploadState state = UploadState::pending;
  std::string blob_hash = {};
  std::string error_code = {};
  std::string error_message = {};
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;
};

struct UploadBatch {
  std::string id = {};
  std::string account_id = {};
  std::string title = {};
  std::int64_t created_at_ms = 0;
};

class UploadStore {
 public:
  virtual ~UploadStore() = default;

  // All or none. Errors: resource_limit_reached when the account would have more than `open_max`
  // uploads in the states pending and uploaded.
  virtual Result<void> open(const std::vector<AssetUpload>& uploads,
                            const std::optional<UploadBatch>& batch, int open_max) = 0;

  // Of any account; whoever asks has shown a signature or a key. Empty when there is none.
  virtual Result<std::optional<AssetUpload>> find(std::string_view id) = 0;
  virtual Result<std::optional<UploadBatch>> find_batch(std::string_view account_id,
                                                        std::string_view id) = 0;
  virtual Result<std::vector<AssetUpload>> batch_items(std::string_view batch_id) = 0;

  // The bytes are in the blob store: pending or uploaded becomes uploaded, until `expires_at_ms`.
  // Errors: conflict (in any other state, or gone).
  virtual Result<void> receive(std::string_view id, const std::string& blob_hash,
                               std::int64_t expires_at_ms) = 0;

  // From one state to another; false when the upload is not in the first, or is being looked at by
  // another server.
  virtual Result<bool> move(std::string_view id, UploadState from, UploadState to) = 0;
  // uploaded becomes processing, by this server, until `lease_until_ms`; false when it is not
  // uploaded.
  virtual Result<bool> take(std::string_view id, std::int64_t lease_until_ms) = 0;
  // The uploaded ones of a batch; returns how many.
  virtual Result<int> queue_batch(std::string_view batch_id) = 0;
  // One that was queued, now processing by this server until `lease_until_ms`.
  virtual Result<std::optional<AssetUpload>> claim_queued(std::int64_t lease_until_ms) = 0;
  // What was processing when this server last ended is queued.
  virtual Result<int> queue_interrupted() = 0;
  // What some server has been looking at for longer than it may is queued. Returns how many.
  virtual Result<int> queue_lapsed(std::int64_t now_ms) = 0;

  // processing becomes completed, with the asset, in one step. Errors: conflict (not processing, or
  // by now another server's).
  virtual Result<void> complete(const Asset& asset) = 0;
  // One that this server looks at: the bytes are let go; the reason is kept until `forget_at_ms`,
  // in a batch for good. Errors: conflict (as of complete()).
  virtual Result<void> fail(std::string_view id, const Error& error, std::int64_t forget_at_ms) = 0;

  // An open or failed one. Errors: asset_not_found; conflict (being completed).
  virtual Result<void> remove(std::string_view account_id, std::string_view id) = 0;

  // Open ones that expired fail, with their bytes let go; reasons of failed ones are forgotten.
  // Returns how many expired.
  virtual Result<int> sweep(std::int64_t now_ms, std::int64_t forget_at_ms) = 0;
};

}  // namespace understudy::jobs
