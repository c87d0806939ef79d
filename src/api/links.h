// LinkSigner: links to blobs that work without a key until they expire: "/files/{token}/{name}".
//
// The token is base64url of: expiry (8 bytes, milliseconds, big-endian), SHA-256 of the blob (32),
// the MIME type, and an HMAC-SHA256 (32) over those bytes and the name. Nothing is stored; a link
// ends by its expiry, or with the blob. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "base/clock.h"
#include "jobs/blob_store.h"

namespace understudy::api {

// An expiring URL for a file.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

// The same as a request's client reaches us.
using Links = std::function<std::string(const jobs::BlobRef&, const Request&)>;
// Requires: both outlive the function.
inline LinkFunction link_for(const Links& links, const Request& request) {
  return [&links, &request](const jobs::BlobRef& blob) { return links(blob, request); };
}

// What verify() says of a link of this server whose time is over.
inline constexpr std::string_view kLinkExpired =
    "This link has expired; read the resource again to get a new one.";

class LinkSigner {
 public:
  explicit LinkSigner(std::string secret) : secret_(std::move(secret)) {}

  // "/files/AAAB.../avatar.mp4"; put the server's base URL before it. Requires: blob.hash is
  // SHA-256 in hex. An empty name becomes "file"; a long one is cut before its extension.
  std::string make(const jobs::BlobRef& blob, std::int64_t expires_at_ms) const;

  // hash, mime_type and name. Errors: forbidden (expired, or not made by this server).
  Result<jobs::BlobRef> verify(std::string_view token, std::string_view name,
                               std::int64_t now_ms) const;

 private:
  std::string mac(std::string_view payload, std::string_view name) const;

  std::string secret_;
};

// GET /files/{token}/{name}, with ranges. `signer`, `blobs` and `clock` outlive the server.
std::vector<Route> file_routes(const LinkSigner& signer, jobs::BlobStore& blobs,
                               const Clock& clock);

}  // namespace understudy::api
