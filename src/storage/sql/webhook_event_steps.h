// What happened becomes events, and events become deliveries. Inside a read or write.
#pragma once

#include <span>
#include <vector>

#include "jobs/webhook_store.h"
#include "storage/sql/webhook_rows.h"

namespace understudy::storage {

// The outbox' messages with the events made of them; each message once.
Result<void> publish_events(Connection& connection, std::span<const jobs::Publication> publications,
                            std::int64_t now_ms, std::int64_t expires_at_ms);

// The new deliveries' ids. Errors: webhook_not_found.
Result<std::vector<std::int64_t>> resend_events(Connection& connection, const jobs::Resend& resend,
                                                std::int64_t now_ms, std::int64_t expires_at_ms);

// The new delivery's id. Errors: webhook_not_found.
Result<std::int64_t> add_test_event(Connection& connection, const jobs::WebhookEvent& event,
                                    std::string_view endpoint_id, std::int64_t now_ms,
                                    std::int64_t expires_at_ms);

Result<std::vector<jobs::WebhookEvent>> list_webhook_events(Connection& connection,
                                                            const jobs::EventQuery& query);

}  // namespace understudy::storage
