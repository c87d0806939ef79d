#include "products/assets/upload_links.h"

#include <charconv>

#include "base/bytes.h"

namespace understudy::assets {
namespace {

// -1 for anything but a plain number.
std::int64_t number_of(std::string_view text) {
  std::int64_t number = -1;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? number : -1;
}

}  // namespace

std::string UploadSigner::signature(const SignedUpload& upload) const {
  return to_hex(hmac_sha256(secret_, "uploads\nPUT\n" + upload.id + "\n" +
                                         std::to_string(upload.expires_at_ms) + "\n" +
                                         std::to_string(upload.size) + "\n" + upload.checksum));
}

PresignedPut UploadSigner::presign(const jobs::AssetUpload& upload,
                                   const std::string& base_url) const {
  const SignedUpload shown{.id = upload.id,
                           .expires_at_ms = upload.expires_at_ms,
                           .size = upload.size,
                           .checksum = upload.checksum};
  std::string url = base_url + "/uploads/" + upload.id +
                    "?expires=" + std::to_string(shown.expires_at_ms) +
                    "&size=" + std::to_string(shown.size);
  if (!shown.checksum.empty()) url += "&sha256=" + shown.checksum;
  url += "&signature=" + signature(shown);
  return {.url = std::move(url), .headers = {{"Content-Type", upload.content_type}}};
}

Result<SignedUpload> UploadSigner::verify(const api::Request& request, std::int64_t now_ms) const {
  SignedUpload shown;
  shown.id = request.path_param("asset_id");
  shown.expires_at_ms = number_of(request.query_value("expires").value_or(""));
  shown.size = number_of(request.query_value("size").value_or(""));
  shown.checksum = request.query_value("sha256").value_or("");
  if (!equal_in_constant_time(signature(shown), request.query_value("signature").value_or(""))) {
    return fail(ErrorCode::forbidden, "This upload_url is not valid; use it as it was given out.");
  }
  if (shown.expires_at_ms <= now_ms) {
    return fail(ErrorCode::forbidden, "This upload_url has expired; open a new upload.");
  }
  return shown;
}

}  // namespace understudy::assets
