// Deliveries of webhook events: which are due, claimed, attempted, and cleared away at last. Inside
// a read or write.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "jobs/webhook_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// With the time of the first that waits in each. One step of the index per lane, however much
// waits in it.
Result<std::vector<jobs::WebhookStore::Lane>> lanes_of_deliveries(Connection& connection);

// Of one resource only its earliest.
Result<std::vector<std::int64_t>> due_deliveries(Connection& connection, std::string_view lane,
                                                 int limit, std::int64_t now_ms);

// Those that nobody else claimed, for `server`, until the claim ends.
Result<std::vector<jobs::ClaimedDelivery>> claim_deliveries(Connection& connection,
                                                            std::span<const std::int64_t> ids,
                                                            std::int64_t now_ms,
                                                            std::int64_t until_ms,
                                                            std::string_view server);

Result<void> finish_attempt(Connection& connection, const jobs::ClaimedDelivery& claimed,
                            const jobs::WebhookAttempt& attempt,
                            const jobs::AttemptOutcome& outcome, std::int64_t now_ms);

Result<std::vector<jobs::WebhookAttempt>> attempts_of(Connection& connection,
                                                      std::int64_t delivery_id);

// Some of what is older, so that the writer is not kept from others for long; how many went.
Result<int> purge_some(Connection& connection, std::int64_t before_ms);

}  // namespace understudy::storage
