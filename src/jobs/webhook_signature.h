// Signatures of webhooks, and the secrets behind them. Any thread.
//
// Two recipes travel with every signed delivery:
//   Heygen-Signature   lower-case hex of HMAC-SHA256(secret, body); the secret's whole text is the
//                      key. Heygen-Timestamp (unix seconds) and Heygen-Event-Id stand beside it.
//   webhook-signature  "v1," + base64 of HMAC-SHA256(key, id.timestamp.body), the key being the
//                      base64 behind "whsec_"; with webhook-id and webhook-timestamp. Source:
//                      https://github.com/standard-webhooks/standard-webhooks, spec.
//
// While a replaced secret is still valid, webhook-signature holds both signatures, separated by a
// space. Heygen-Signature can hold one: the odd attempts carry the new secret's and the even ones
// the old secret's, with the other in Heygen-Signature-Previous; so a receiver that compares one
// header with one secret gets the event by the second attempt, whichever it has.
//
// A secret is derived: HMAC-SHA256(key file of the installation, owner and salt). So the database,
// its copies and its log never hold one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/webhook.h"

namespace understudy::jobs {

class WebhookSecrets {
 public:
  explicit WebhookSecrets(std::string key) : key_(std::move(key)) {}

  // "whsec_" and 32 bytes in base64.
  std::string secret(std::string_view owner, std::string_view salt) const;

  // Those that sign now, the newest first; none for empty salts.
  std::vector<std::string> signing(std::string_view owner, const WebhookSalts& salts,
                                   std::int64_t now_ms) const;

 private:
  std::string key_;
};

std::string new_webhook_salt();
std::string callback_secret_owner(std::string_view account_id);  // "callback:<account>"

struct SignedEvent {
  std::string_view event_id;
  std::string_view body;
  std::int64_t timestamp_s = 0;
  int attempt = 1;
};

using WebhookHeaders = std::vector<std::pair<std::string, std::string>>;

// All headers of a delivery but the content type. Without secrets: without signatures.
WebhookHeaders webhook_headers(const SignedEvent& event, const std::vector<std::string>& secrets);

std::string heygen_signature(std::string_view secret, std::string_view body);
// Requires: `secret` is "whsec_" and base64.
std::string standard_signature(std::string_view secret, const SignedEvent& event);

}  // namespace understudy::jobs
