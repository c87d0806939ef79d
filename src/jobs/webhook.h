// Webhooks as values: who listens (endpoint), what happened (event), what has to arrive where
// (delivery), what came of it (attempt).
//
//   outbox row -> event -> one delivery per endpoint that listens and per callback_url
//   delivery:  pending -> delivered (a 2xx answer) | failed (given up)
//
// A delivery is made at least once; its event's id and body are the same in every attempt. In one
// lane the deliveries of one resource keep their order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::jobs {

struct WebhookEndpoint {
  std::string id = {};
  std::string account_id = {};
  std::string url = {};
  std::vector<std::string> events = {};  // names and patterns such as "wallet.*"; empty: all
  std::string entity_id = {};            // only events of this resource; empty: of all
  bool is_extension = false;             // made under /understudy/v1: may hear of money too
  bool is_enabled = true;
  std::int64_t created_at_ms = 0;
};

// What a signing secret is derived from; see webhook_signature.h.
struct WebhookSalts {
  std::string salt = {};      // empty: there is no secret
  std::string previous = {};  // signs as well until previous_until_ms; empty: none
  std::int64_t previous_until_ms = 0;
};

struct WebhookEvent {
  std::int64_t seq = 0;  // given by the store; grows
  std::string id = {};   // "evt_..."
  std::string account_id = {};
  std::string type = {};  // "avatar_video.success"
  std::string entity_id = {};
  bool is_extension = false;  // not of the v3 list of types
  std::string body = {};      // the JSON that is signed and sent, byte for byte
  std::string callback_url = {};
  std::string once_key = {};  // of what may happen once only
  std::int64_t created_at_ms = 0;
};

enum class DeliveryReason { event, redelivery, replay, test };
std::string_view to_string(DeliveryReason reason);

enum class DeliveryState { pending, delivered, failed };
std::string_view to_string(DeliveryState state);

struct WebhookAttempt {
  int number = 0;  // 1, 2, 3 ...
  std::int64_t at_ms = 0;
  std::int64_t duration_ms = 0;
  int status = 0;           // of the answer; 0: there was none
  std::string error = {};   // why it does not count; empty: delivered
  std::string answer = {};  // its first bytes, as text
};

struct WebhookDelivery {
  std::int64_t id = 0;
  std::string account_id = {};
  std::string event_id = {};
  std::string event_type = {};
  std::string endpoint_id = {};  // empty: to the event's callback_url
  std::string lane = {};         // what shares one limit of concurrency
  std::string entity_id = {};
  std::string reason = {};
  std::string state = {};
  int attempts = 0;
  std::int64_t next_at_ms = 0;
  std::int64_t expires_at_ms = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t done_at_ms = 0;
};

// A delivery that is this process's to attempt, with all it takes.
struct ClaimedDelivery {
  WebhookDelivery delivery = {};
  std::string url = {};
  std::string body = {};
  std::string secret_owner = {};
  WebhookSalts salts = {};
};

}  // namespace understudy::jobs
