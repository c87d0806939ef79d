// Webhook endpoints: what requests under /v3/webhooks and /understudy/v1/webhooks may say. No HTTP,
// no SQL. The rules that deliveries share stand in jobs/webhook_rules.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "jobs/webhook_rules.h"
#include "jobs/webhook_store.h"

namespace understudy::webhooks {

inline constexpr int kEndpointsMax = 100;        // of an account
inline constexpr int kReplayEventsMax = 10'000;  // of one replay

// Who is asking: the closed v3 list of types, or ours.
enum class Surface { v3, extension };

// An endpoint as a request describes it, without id and secret. v3 bodies have passed their schema.
// Errors: invalid_parameter.
Result<jobs::WebhookEndpoint> parse_endpoint(const json::object& body, Surface surface,
                                             bool allow_private);

// Errors: invalid_parameter, without a param when nothing is to be changed.
Result<jobs::EndpointChange> parse_change(const json::object& body, Surface surface,
                                          bool allow_private);

struct Replay {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
  std::string endpoint_id;  // empty: every endpoint that listens
  std::string event_type;   // empty: all
  bool is_given_up_only = false;
};
Result<Replay> parse_replay(const json::object& body);

// {"endpoint_id": ...} or nothing.
Result<std::string> parse_redelivery(const json::object& body);

}  // namespace understudy::webhooks
