// Auto-reload inside a read or write: its settings, whose wallet is low, the start and the end of a
// reload.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "money/top_up_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<void> write_auto_reload(Connection& connection, std::string_view account_id,
                               const money::AutoReload& settings, std::int64_t now_ms);
Result<void> write_payment_method(Connection& connection, std::string_view account_id,
                                  const money::AutoReload& from, std::int64_t now_ms);

// Accounts whose wallet has crossed its threshold, in either direction, since it was last noted.
Result<std::vector<std::string>> find_crossings(Connection& connection, int limit);
// Notes it, with "wallet.low_balance" when it went below.
Result<void> note_crossing(Connection& connection, std::string_view account_id,
                           std::int64_t now_ms);

// Accounts with auto-reload that are low, have no reload on its way and are not backing off.
Result<std::vector<std::string>> find_low(Connection& connection, std::int64_t now_ms, int limit);

Result<std::optional<money::TopUp>> start_reload(Connection& connection,
                                                 const money::ReloadStart& start,
                                                 std::int64_t now_ms);

// A payment was taken back: a refund is not paid again at once, and a disputed card not at all.
Result<void> pause_reload(Connection& connection, std::string_view account_id,
                          money::ReversalKind kind, std::int64_t now_ms);

// The back-off after a decline; its end after a success.
Result<void> end_reload(Connection& connection, const money::TopUp& top_up, std::int64_t now_ms);

}  // namespace understudy::storage
