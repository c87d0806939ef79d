// UploadSigner: URLs that let whoever holds them PUT the bytes of one upload, without a key:
// "/uploads/{asset_id}?expires=...&size=...&sha256=...&signature=...".
//
// The signature is HMAC-SHA256 over id, expiry, exact size and checksum, as presigned URLs of
// object stores have it. Nothing is stored. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "api/http.h"
#include "jobs/upload_store.h"

namespace understudy::assets {

// A PUT that somebody else makes: to this URL, with exactly these headers.
struct PresignedPut {
  std::string url;
  std::map<std::string, std::string> headers;
};

// What a PUT has shown.
struct SignedUpload {
  std::string id;
  std::int64_t expires_at_ms = 0;
  std::int64_t size = 0;
  std::string checksum;  // empty: any
};

class UploadSigner {
 public:
  explicit UploadSigner(std::string secret) : secret_(std::move(secret)) {}

  PresignedPut presign(const jobs::AssetUpload& upload, const std::string& base_url) const;

  // Errors: forbidden (expired, or not made by this server).
  Result<SignedUpload> verify(const api::Request& request, std::int64_t now_ms) const;

 private:
  std::string signature(const SignedUpload& upload) const;

  std::string secret_;
};

}  // namespace understudy::assets
