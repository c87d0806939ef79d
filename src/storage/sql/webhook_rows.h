// Endpoints, events and deliveries as rows: reading and inserting. Inside a read or write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jobs/webhook_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// "SELECT <columns> FROM webhook_endpoint ", to be continued with WHERE; and so on.
extern const std::string kSelectEndpoint;
extern const std::string kSelectEvent;
extern const std::string kSelectDelivery;  // joined with its event

jobs::WebhookEndpoint endpoint_of(const Row& row);
jobs::WebhookEvent event_of(const Row& row);
jobs::WebhookDelivery delivery_of(const Row& row);

std::string joined(const std::vector<std::string>& events);  // with spaces, as a row keeps them

Result<std::optional<jobs::WebhookEndpoint>> endpoint_row(Connection& connection,
                                                          std::string_view account_id,
                                                          std::string_view id);
Result<std::vector<jobs::WebhookEndpoint>> endpoints_of(Connection& connection,
                                                        std::string_view account_id);

// When it is due from now on, and when it is given up.
struct DeliveryTimes {
  jobs::DeliveryReason reason = jobs::DeliveryReason::event;
  std::int64_t now_ms = 0;
  std::int64_t expires_at_ms = 0;
};

Result<void> insert_event(Connection& connection, const jobs::WebhookEvent& event);
// To the endpoint, or to the event's callback_url when it is null. The new row's id.
Result<std::int64_t> insert_delivery(Connection& connection, const jobs::WebhookEvent& event,
                                     const jobs::WebhookEndpoint* endpoint,
                                     const DeliveryTimes& times);

}  // namespace understudy::storage
