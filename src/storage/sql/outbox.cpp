#include "storage/sql/outbox.h"

namespace understudy::storage {

Result<void> put_in_outbox(Connection& connection, std::string_view topic,
                           std::string_view account_id, const json::object& payload,
                           std::int64_t now_ms) {
  TRY(connection.execute(
      "INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms) "
      "VALUES ($1, $2, $3, $4, $4)",
      {topic, account_id, to_text(payload), now_ms}));
  return {};
}

}  // namespace understudy::storage
