// Webhook endpoints and their secrets. Inside a read or write.
#pragma once

#include <optional>
#include <string_view>

#include "jobs/webhook_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

tl::unexpected<Error> no_webhook_endpoint();

// Errors: resource_limit_reached.
Result<void> add_endpoint(Connection& connection, const jobs::WebhookEndpoint& endpoint,
                          std::string_view salt, int count_max,
                          const std::optional<jobs::StoredAnswer>& answer);

// Errors: webhook_not_found.
Result<jobs::WebhookEndpoint> change_endpoint(Connection& connection, std::string_view account_id,
                                              std::string_view id,
                                              const jobs::EndpointChange& change,
                                              std::int64_t now_ms);
Result<void> drop_endpoint(Connection& connection, std::string_view account_id, std::string_view id,
                           std::int64_t now_ms);

// With what is pending for it given up.
Result<void> disable_endpoint(Connection& connection, std::string_view id, std::int64_t now_ms);

Result<jobs::WebhookSalts> salts_of(Connection& connection, std::string_view owner);
// The old secret signs as well until `previous_until_ms`.
Result<void> put_new_secret(Connection& connection, std::string_view owner, std::string_view salt,
                            std::int64_t previous_until_ms);

}  // namespace understudy::storage
