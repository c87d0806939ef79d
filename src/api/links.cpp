#include "api/links.h"

#include "api/router.h"
#include "base/bytes.h"

namespace understudy::api {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMacBytes = 32;
constexpr std::string_view kDefaultName = "file";
constexpr std::size_t kNameMax = 200;  // bytes
constexpr std::size_t kExtensionMax = 16;

std::string bytes_of(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((number >> shift) & 0xff);
  return bytes;
}

std::int64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = (number << 8) | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return bytes;
}

// A name that stays one segment of a path: "." and ".." would be resolved away by clients.
std::string link_name(const std::string& name) {
  if (name.empty() || name == "." || name == "..") return std::string(kDefaultName);
  std::string safe = name;
  for (char& c : safe) {
    if (c == '/' || c == '\\' || c == '\0') c = '_';
  }
  if (safe.size() <= kNameMax) return safe;
  // A title may be long; a link must fit into a request line. The extension stays.
  const auto dot = safe.rfind('.');
  const std::string end =
      dot != std::string::npos && safe.size() - dot <= kExtensionMax ? safe.substr(dot) : "";
  std::size_t cut = kNameMax - end.size();
  while (cut > 0 && (static_cast<unsigned char>(safe[cut]) & 0xc0) == 0x80)
    --cut;  // whole characters
  return safe.substr(0, cut) + end;
}

}  // namespace

std::string LinkSigner::mac(std::string_view payload, std::string_view name) const {
  const auto digest =
      hmac_sha256(secret_, "files\n" + std::string(payload) + "\n" + std::string(name));
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string LinkSigner::make(const jobs::BlobRef& blob, std::int64_t expires_at_ms) const {
  const std::string name = link_name(blob.name);
  const std::string payload = bytes_of(expires_at_ms) + from_hex(blob.hash) + blob.mime_type;
  return "/files/" + to_base64url(payload + mac(payload, name)) + "/" + percent_encode(name);
}

Result<jobs::BlobRef> LinkSigner::verify(std::string_view token, std::string_view name,
                                         std::int64_t now_ms) const {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() < kTimeBytes + kHashBytes + kMacBytes) {
    return fail(ErrorCode::forbidden, "This link is not valid.");
  }
  const std::string_view all = *bytes;
  const std::string_view payload = all.substr(0, all.size() - kMacBytes);
  if (!equal_in_constant_time(mac(payload, name), all.substr(payload.size()))) {
    return fail(ErrorCode::forbidden, "This link is not valid.");
  }
  if (number_of(payload.substr(0, kTimeBytes)) <= now_ms) {
    return fail(ErrorCode::forbidden, std::string(kLinkExpired));
  }
  return jobs::BlobRef{.hash = to_hex(payload.substr(kTimeBytes, kHashBytes)),
                       .size = 0,
                       .mime_type = std::string(payload.substr(kTimeBytes + kHashBytes)),
                       .name = std::string(name)};
}

std::vector<Route> file_routes(const LinkSigner& signer, jobs::BlobStore& blobs,
                               const Clock& clock) {
  Route get;
  get.method = "GET";
  get.path = "/files/{token}/{name}";
  get.needs_key = false;
  get.is_public_file = true;
  get.handler = [&signer, &blobs, &clock](const Request& request) -> Result<Response> {
    TRY_ASSIGN(auto blob, signer.verify(request.path_param("token"), request.path_param("name"),
                                        clock.now_ms()));
    TRY_ASSIGN(auto path, blobs.local_path(blob.hash));
    Response response;
    response.file = FileBody{.path = std::move(path),
                             .mime_type = blob.mime_type,
                             .download_name = blob.name,
                             .etag = blob.hash};
    response.headers.emplace_back("cache-control", "private, max-age=3600");
    return response;
  };
  return {get};
}

}  // namespace understudy::api
