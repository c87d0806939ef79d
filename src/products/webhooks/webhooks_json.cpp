#include "products/webhooks/webhooks_json.h"

#include "base/clock.h"

namespace understudy::webhooks {
namespace {

json::value time_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return json::value(iso8601(time_ms));
}

json::object attempt_json(const jobs::WebhookAttempt& attempt) {
  json::value status = nullptr;
  if (attempt.status != 0) status = attempt.status;
  return {{"attempt", attempt.number},
          {"at", iso8601(attempt.at_ms)},
          {"duration_ms", attempt.duration_ms},
          {"status", std::move(status)},
          {"error", string_or_null(attempt.error)},
          {"answer", attempt.answer}};
}

}  // namespace

json::object endpoint_json(const jobs::WebhookEndpoint& endpoint, std::string_view secret) {
  json::value events = nullptr;
  if (!endpoint.events.empty()) events = json::value_from(endpoint.events);
  return {
      {"endpoint_id", endpoint.id},       {"url", endpoint.url},
      {"events", std::move(events)},      {"status", endpoint.is_enabled ? "enabled" : "disabled"},
      {"secret", string_or_null(secret)}, {"created_at", iso8601(endpoint.created_at_ms)}};
}

json::object extended_endpoint_json(const jobs::WebhookEndpoint& endpoint,
                                    std::string_view secret) {
  json::object object = endpoint_json(endpoint, secret);
  object["entity_id"] = string_or_null(endpoint.entity_id);
  object["hears_of_money"] = endpoint.is_extension && jobs::may_hear_of_money(endpoint.events);
  return object;
}

json::object secret_json(std::string_view endpoint_id, std::string_view secret) {
  return {{"endpoint_id", endpoint_id}, {"secret", secret}};
}

std::string event_text(const jobs::WebhookEvent& event) { return event.body; }

std::string extended_event_text(const jobs::WebhookEvent& event) {
  // The body is an object with members.
  return "{\"entity_id\":" + to_text(json::value(event.entity_id)) + "," + event.body.substr(1);
}

json::object delivery_json(const jobs::WebhookDelivery& delivery,
                           const std::vector<jobs::WebhookAttempt>& attempts) {
  json::array log;
  for (const auto& attempt : attempts) log.push_back(attempt_json(attempt));
  const bool is_pending = delivery.state == to_string(jobs::DeliveryState::pending);
  return {{"delivery_id", std::to_string(delivery.id)},
          {"event_id", delivery.event_id},
          {"event_type", delivery.event_type},
          {"entity_id", delivery.entity_id},
          {"endpoint_id", string_or_null(delivery.endpoint_id)},
          {"reason", delivery.reason},
          {"status", delivery.state},
          {"attempts", delivery.attempts},
          {"next_attempt_at", time_or_null(is_pending ? delivery.next_at_ms : 0)},
          {"gives_up_at", time_or_null(is_pending ? delivery.expires_at_ms : 0)},
          {"created_at", iso8601(delivery.created_at_ms)},
          {"finished_at", time_or_null(delivery.done_at_ms)},
          {"log", std::move(log)}};
}

json::array event_types_json(std::span<const jobs::WebhookEventType> types) {
  json::array list;
  for (const auto& type : types) {
    list.push_back(json::object{{"event_type", type.name}, {"description", type.description}});
  }
  return list;
}

}  // namespace understudy::webhooks
