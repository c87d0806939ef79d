#include "storage/sql/webhook_rows.h"

#include "base/text.h"
#include "jobs/webhook_rules.h"

namespace understudy::storage {

using jobs::WebhookDelivery;
using jobs::WebhookEndpoint;
using jobs::WebhookEvent;

const std::string kSelectEndpoint =
    "SELECT id, account_id, url, events, entity_id, is_extension, status = 'enabled', created_at_ms "
    "FROM webhook_endpoint ";

const std::string kSelectEvent =
    "SELECT seq, id, account_id, type, entity_id, is_extension, body, callback_url, once_key,"
    " created_at_ms FROM webhook_event ";

const std::string kSelectDelivery =
    "SELECT webhook_delivery.id, webhook_delivery.account_id, event_id, webhook_event.type,"
    " endpoint_id, lane, webhook_delivery.entity_id, reason, state, attempts, next_at_ms,"
    " expires_at_ms, webhook_delivery.created_at_ms, done_at_ms "
    "FROM webhook_delivery JOIN webhook_event ON webhook_event.id = event_id ";

WebhookEndpoint endpoint_of(const Row& row) {
  Columns columns(row);
  WebhookEndpoint endpoint;
  endpoint.id = columns.text();
  endpoint.account_id = columns.text();
  endpoint.url = columns.text();
  endpoint.events = split(columns.text(), ' ');
  endpoint.entity_id = columns.text();
  endpoint.is_extension = columns.flag();
  endpoint.is_enabled = columns.flag();
  endpoint.created_at_ms = columns.integer();
  return endpoint;
}

WebhookEvent event_of(const Row& row) {
  Columns columns(row);
  WebhookEvent event;
  event.seq = columns.integer();
  event.id = columns.text();
  event.account_id = columns.text();
  event.type = columns.text();
  event.entity_id = columns.text();
  event.is_extension = columns.flag();
  event.body = columns.text();
  event.callback_url = columns.text();
  event.once_key = columns.text();
  event.created_at_ms = columns.integer();
  return event;
}

WebhookDelivery delivery_of(const Row& row) {
  Columns columns(row);
  WebhookDelivery delivery;
  delivery.id = columns.integer();
  delivery.account_id = columns.text();
  delivery.event_id = columns.text();
  delivery.event_type = columns.text();
  delivery.endpoint_id = columns.text();
  delivery.lane = columns.text();
  delivery.entity_id = columns.text();
  delivery.reason = columns.text();
  delivery.state = columns.text();
  delivery.attempts = columns.small();
  delivery.next_at_ms = columns.integer();
  delivery.expires_at_ms = columns.integer();
  delivery.created_at_ms = columns.integer();
  delivery.done_at_ms = columns.integer();
  return delivery;
}

std::string joined(const std::vector<std::string>& events) {
  std::string text;
  for (const auto& event : events) text += (text.empty() ? "" : " ") + event;
  return text;
}

Result<std::optional<WebhookEndpoint>> endpoint_row(Connection& connection,
                                                    std::string_view account_id,
                                                    std::string_view id) {
  static const std::string kSql = kSelectEndpoint + "WHERE id = $1 AND account_id = $2";
  return connection.first(kSql, {id, account_id}, endpoint_of);
}

Result<std::vector<WebhookEndpoint>> endpoints_of(Connection& connection,
                                                  std::string_view account_id) {
  static const std::string kSql = kSelectEndpoint + "WHERE account_id = $1 ORDER BY id";
  return connection.all(kSql, {account_id}, endpoint_of);
}

Result<void> insert_event(Connection& connection, const WebhookEvent& event) {
  TRY(connection.execute(
      "INSERT INTO webhook_event (id, account_id, type, entity_id, is_extension, body,"
      " callback_url, once_key, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {event.id, event.account_id, event.type, event.entity_id, event.is_extension, event.body,
       event.callback_url, event.once_key, event.created_at_ms}));
  return {};
}

Result<std::int64_t> insert_delivery(Connection& connection, const WebhookEvent& event,
                                     const WebhookEndpoint* endpoint, const DeliveryTimes& times) {
  const std::string lane = endpoint != nullptr
                               ? endpoint->id
                               : jobs::callback_lane(event.account_id, event.callback_url);
  return connection.insert(
      "INSERT INTO webhook_delivery (account_id, event_id, endpoint_id, lane, entity_id, reason,"
      " next_at_ms, expires_at_ms, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)",
      {event.account_id, event.id, endpoint != nullptr ? endpoint->id : std::string(), lane,
       event.entity_id, to_string(times.reason), times.now_ms, times.expires_at_ms});
}

}  // namespace understudy::storage
