// Endpoints, events and deliveries as the API spells them: WebhookEndpoint, WebhookEvent,
// WebhookSecret and WebhookEventTypeInfo of the contract, and the extension's longer forms.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "jobs/webhook.h"
#include "jobs/webhook_rules.h"

namespace understudy::webhooks {

// `secret` is empty in every answer but the first.
json::object endpoint_json(const jobs::WebhookEndpoint& endpoint, std::string_view secret = {});
json::object extended_endpoint_json(const jobs::WebhookEndpoint& endpoint,
                                    std::string_view secret = {});
json::object secret_json(std::string_view endpoint_id, std::string_view secret);

// As text, since an event is shown as it was sent: its amounts never pass through a double.
std::string event_text(const jobs::WebhookEvent& event);
std::string extended_event_text(const jobs::WebhookEvent& event);  // with its entity_id

json::object delivery_json(const jobs::WebhookDelivery& delivery,
                           const std::vector<jobs::WebhookAttempt>& attempts);

json::array event_types_json(std::span<const jobs::WebhookEventType> types);

}  // namespace understudy::webhooks
