// Top-ups and auto-reload settings as rows. Inside a read or write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "money/top_up_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

extern const std::string kSelectTopUp;  // "SELECT <columns> FROM top_up ", to go on with WHERE
money::TopUp top_up_of(const Row& row);

// Errors: conflict when a unique column is taken (a pending reload, a request key).
Result<void> insert_top_up(Connection& connection, const money::NewTopUp& created);

// The top-up that a payment is for: by the provider's ids first, then by ours.
Result<std::optional<money::TopUp>> find_top_up_of(Connection& connection,
                                                   std::string_view session_id,
                                                   std::string_view payment_id,
                                                   std::string_view top_up_id);

Result<std::optional<money::TopUp>> find_top_up(Connection& connection, std::string_view id);

Result<money::AutoReload> find_auto_reload(Connection& connection, std::string_view account_id);

}  // namespace understudy::storage
