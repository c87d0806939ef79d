// What the payment provider says, each event once, and what it does to the top-up that it is about.
// Inside a write.
#pragma once

#include <optional>
#include <string_view>

#include "money/top_up_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// The top-up that an event is about, kept to this transaction. One event at a time: a refund that
// comes at the same moment as its payment must find it, or be found by it.
Result<std::optional<money::TopUp>> take_event(Connection& connection, std::string_view session_id,
                                               std::string_view payment_id,
                                               std::string_view top_up_id);

// False when the event was here before.
Result<bool> remember_event(Connection& connection, std::string_view id, std::string_view type,
                            std::string_view subject, std::int64_t now_ms);

// Credits a payment that is as it was asked for; else notes what became of it.
Result<money::Applied> apply_to(Connection& connection, money::TopUp& top_up,
                                const money::PaymentFacts& facts, std::int64_t now_ms);

Result<money::Applied> note_applied(Connection& connection, std::string_view event_id,
                                    money::Applied applied);

}  // namespace understudy::storage
