#include "jobs/webhook_signature.h"

#include "base/bytes.h"

namespace understudy::jobs {
namespace {

constexpr std::string_view kPrefix = "whsec_";

std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::string WebhookSecrets::secret(std::string_view owner, std::string_view salt) const {
  const std::string text = "webhook secret\n" + std::string(owner) + "\n" + std::string(salt);
  return std::string(kPrefix) + to_base64(bytes_of(hmac_sha256(key_, text)));
}

std::vector<std::string> WebhookSecrets::signing(std::string_view owner, const WebhookSalts& salts,
                                                 std::int64_t now_ms) const {
  std::vector<std::string> secrets;
  if (salts.salt.empty()) return secrets;
  secrets.push_back(secret(owner, salts.salt));
  if (!salts.previous.empty() && now_ms < salts.previous_until_ms) {
    secrets.push_back(secret(owner, salts.previous));
  }
  return secrets;
}

std::string new_webhook_salt() { return to_hex(random_bytes(16)); }

std::string callback_secret_owner(std::string_view account_id) {
  return "callback:" + std::string(account_id);
}

std::string heygen_signature(std::string_view secret, std::string_view body) {
  return to_hex(hmac_sha256(secret, body));
}

std::string standard_signature(std::string_view secret, const SignedEvent& event) {
  const std::string key = from_base64(secret.substr(kPrefix.size())).value_or("");
  std::string content(event.event_id);
  content += "." + std::to_string(event.timestamp_s) + ".";
  content += event.body;
  return "v1," + to_base64(bytes_of(hmac_sha256(key, content)));
}

WebhookHeaders webhook_headers(const SignedEvent& event, const std::vector<std::string>& secrets) {
  const std::string timestamp = std::to_string(event.timestamp_s);
  WebhookHeaders headers{{"Heygen-Event-Id", std::string(event.event_id)},
                         {"Heygen-Timestamp", timestamp},
                         {"webhook-id", std::string(event.event_id)},
                         {"webhook-timestamp", timestamp}};
  if (secrets.empty()) return headers;
  std::string signatures;
  for (const auto& secret : secrets) {
    signatures += (signatures.empty() ? "" : " ") + standard_signature(secret, event);
  }
  headers.emplace_back("webhook-signature", signatures);
  const bool has_two = secrets.size() > 1;
  const std::size_t first = has_two && event.attempt % 2 == 0 ? 1 : 0;
  headers.emplace_back("Heygen-Signature", heygen_signature(secrets[first], event.body));
  if (has_two) {
    headers.emplace_back("Heygen-Signature-Previous",
                         heygen_signature(secrets[1 - first], event.body));
  }
  return headers;
}

}  // namespace understudy::jobs
