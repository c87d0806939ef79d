#include "storage/sql/webhook_endpoint_steps.h"

#include <fmt/format.h>

#include "storage/sql/answers.h"
#include "storage/sql/dialect.h"
#include "storage/sql/wallet_watch.h"
#include "storage/sql/webhook_rows.h"

namespace understudy::storage {
namespace {

using jobs::WebhookEndpoint;
using jobs::WebhookSalts;

Result<void> put_secret(Connection& connection, std::string_view owner, std::string_view salt) {
  TRY(
      connection.execute("INSERT INTO webhook_secret (owner, salt, previous_salt,"
                         " previous_until_ms) VALUES ($1, $2, '', 0)",
                         {owner, salt}));
  return {};
}

// What is pending for an endpoint that is removed or disabled; a replay can send it again.
Result<void> give_up(Connection& connection, std::string_view endpoint_id, std::int64_t now_ms) {
  TRY(
      connection.execute("UPDATE webhook_delivery SET state = 'failed', is_claimed = 0,"
                         " done_at_ms = $2 WHERE lane = $1 AND state = 'pending'",
                         {endpoint_id, now_ms}));
  return {};
}

}  // namespace

tl::unexpected<Error> no_webhook_endpoint() {
  return fail(ErrorCode::webhook_not_found, "There is no webhook endpoint with this id.",
              "endpoint_id");
}

Result<void> add_endpoint(Connection& connection, const WebhookEndpoint& endpoint,
                          std::string_view salt, int count_max,
                          const std::optional<jobs::StoredAnswer>& answer) {
  const std::string events = joined(endpoint.events);
  TRY(lock_rows(connection, "SELECT 1 FROM account WHERE id = $1", {endpoint.account_id}));
  TRY_ASSIGN(
      const auto count,
      connection.first("SELECT count(*) FROM webhook_endpoint WHERE account_id = $1",
                       {endpoint.account_id}, [](const Row& row) { return row.integer(0); }));
  if (count.value_or(0) >= count_max) {
    return fail(
        ErrorCode::resource_limit_reached,
        fmt::format("An account has at most {} webhook endpoints; remove one first.", count_max));
  }
  TRY(connection.execute(
      "INSERT INTO webhook_endpoint (id, account_id, url, events, entity_id, is_extension,"
      " status, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {endpoint.id, endpoint.account_id, endpoint.url, events, endpoint.entity_id,
       endpoint.is_extension, endpoint.is_enabled ? "enabled" : "disabled",
       endpoint.created_at_ms}));
  TRY(put_secret(connection, endpoint.id, salt));
  TRY(refresh_told(connection, endpoint.account_id));
  if (!answer) return {};
  return store_answer(connection, *answer, endpoint.created_at_ms);
}

Result<WebhookEndpoint> change_endpoint(Connection& connection, std::string_view account_id,
                                        std::string_view id, const jobs::EndpointChange& change,
                                        std::int64_t now_ms) {
  TRY(lock_rows(connection, "SELECT 1 FROM webhook_endpoint WHERE id = $1", {id}));
  TRY_ASSIGN(auto endpoint, endpoint_row(connection, account_id, id));
  if (!endpoint) return no_webhook_endpoint();
  if (change.url) endpoint->url = *change.url;
  if (change.events) endpoint->events = *change.events;
  if (change.is_enabled) endpoint->is_enabled = *change.is_enabled;
  TRY(connection.execute(
      "UPDATE webhook_endpoint SET url = $2, events = $3, status = $4 WHERE id = $1",
      {id, endpoint->url, joined(endpoint->events),
       endpoint->is_enabled ? "enabled" : "disabled"}));
  if (!endpoint->is_enabled) TRY(give_up(connection, id, now_ms));
  TRY(refresh_told(connection, account_id));
  return *std::move(endpoint);
}

Result<void> drop_endpoint(Connection& connection, std::string_view account_id, std::string_view id,
                           std::int64_t now_ms) {
  TRY_ASSIGN(const auto removed,
             connection.execute("DELETE FROM webhook_endpoint WHERE id = $1 AND account_id = $2",
                                {id, account_id}));
  if (removed == 0) return no_webhook_endpoint();
  TRY(connection.execute("DELETE FROM webhook_secret WHERE owner = $1", {id}));
  TRY(refresh_told(connection, account_id));
  return give_up(connection, id, now_ms);
}

Result<void> disable_endpoint(Connection& connection, std::string_view id, std::int64_t now_ms) {
  TRY(connection.execute("UPDATE webhook_endpoint SET status = 'disabled' WHERE id = $1", {id}));
  return give_up(connection, id, now_ms);
}

Result<WebhookSalts> salts_of(Connection& connection, std::string_view owner) {
  TRY_ASSIGN(auto salts,
             connection.first("SELECT salt, previous_salt, previous_until_ms FROM webhook_secret "
                              "WHERE owner = $1",
                              {owner}, [](const Row& row) {
                                Columns columns(row);
                                WebhookSalts found;
                                found.salt = columns.text();
                                found.previous = columns.text();
                                found.previous_until_ms = columns.integer();
                                return found;
                              }));
  return salts.value_or(WebhookSalts{});
}

Result<void> put_new_secret(Connection& connection, std::string_view owner, std::string_view salt,
                            std::int64_t previous_until_ms) {
  TRY(connection.execute(
      "INSERT INTO webhook_secret (owner, salt, previous_salt, previous_until_ms) "
      "VALUES ($1, $2, '', 0) ON CONFLICT (owner) DO UPDATE SET"
      " previous_salt = webhook_secret.salt, salt = $2, previous_until_ms = $3",
      {owner, salt, previous_until_ms}));
  return {};
}

}  // namespace understudy::storage
