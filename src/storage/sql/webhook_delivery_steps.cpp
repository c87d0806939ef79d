#include "storage/sql/webhook_delivery_steps.h"

#include "jobs/webhook_signature.h"
#include "storage/sql/wallet_watch.h"
#include "storage/sql/webhook_endpoint_steps.h"
#include "storage/sql/webhook_rows.h"

namespace understudy::storage {
namespace {

using jobs::ClaimedDelivery;
using jobs::WebhookAttempt;
using Lane = jobs::WebhookStore::Lane;

constexpr int kPurgeMax = 500;

// A delivery with what its attempt takes. Requires: it was just claimed.
Result<std::optional<ClaimedDelivery>> claimed_delivery(Connection& connection, std::int64_t id) {
  static const std::string kSql = kSelectDelivery + "WHERE webhook_delivery.id = $1";
  TRY_ASSIGN(auto delivery, connection.first(kSql, {id}, delivery_of));
  if (!delivery) return std::nullopt;
  static const std::string kEvent = kSelectEvent + "WHERE id = $1";
  TRY_ASSIGN(auto event, connection.first(kEvent, {delivery->event_id}, event_of));
  if (!event) return std::nullopt;
  ClaimedDelivery claimed;
  claimed.url = event->callback_url;
  claimed.body = std::move(event->body);
  claimed.secret_owner = jobs::callback_secret_owner(delivery->account_id);
  if (!delivery->endpoint_id.empty()) {
    TRY_ASSIGN(const auto endpoint,
               endpoint_row(connection, delivery->account_id, delivery->endpoint_id));
    if (!endpoint) return std::nullopt;
    claimed.url = endpoint->url;
    claimed.secret_owner = endpoint->id;
  }
  TRY_ASSIGN(claimed.salts, salts_of(connection, claimed.secret_owner));
  claimed.delivery = *std::move(delivery);
  return claimed;
}

}  // namespace

Result<std::vector<Lane>> lanes_of_deliveries(Connection& connection) {
  std::vector<Lane> found;
  while (true) {
    const std::string last = found.empty() ? std::string() : found.back().name;
    TRY_ASSIGN(auto next, connection.first("SELECT lane, next_at_ms FROM webhook_delivery "
                                           "WHERE state = 'pending' AND lane > $1 "
                                           "ORDER BY lane, next_at_ms LIMIT 1",
                                           {last}, [](const Row& row) {
                                             return Lane{.name = std::string(row.text(0)),
                                                         .next_at_ms = row.integer(1)};
                                           }));
    if (!next) return found;
    found.push_back(*std::move(next));
  }
}

Result<std::vector<std::int64_t>> due_deliveries(Connection& connection, std::string_view lane,
                                                 int limit, std::int64_t now_ms) {
  return connection.all(
      "SELECT id FROM webhook_delivery AS mine WHERE state = 'pending' AND lane = $1 "
      "AND next_at_ms <= $2 AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS earlier "
      "WHERE earlier.state = 'pending' AND earlier.lane = mine.lane "
      "AND earlier.entity_id = mine.entity_id AND earlier.id < mine.id) "
      "ORDER BY next_at_ms, id LIMIT $3",
      {lane, now_ms, limit}, [](const Row& row) { return row.integer(0); });
}

Result<std::vector<ClaimedDelivery>> claim_deliveries(Connection& connection,
                                                      std::span<const std::int64_t> ids,
                                                      std::int64_t now_ms, std::int64_t until_ms,
                                                      std::string_view server) {
  std::vector<ClaimedDelivery> claimed;
  for (const std::int64_t id : ids) {
    TRY_ASSIGN(const auto changed,
               connection.execute("UPDATE webhook_delivery SET is_claimed = 1, next_at_ms = $3,"
                                  " server = $4 "
                                  "WHERE id = $1 AND state = 'pending' AND next_at_ms <= $2",
                                  {id, now_ms, until_ms, server}));
    if (changed == 0) continue;
    TRY_ASSIGN(auto delivery, claimed_delivery(connection, id));
    if (delivery) {
      claimed.push_back(*std::move(delivery));
      continue;
    }
    // Its event or endpoint is gone: nothing can be sent.
    TRY(
        connection.execute("UPDATE webhook_delivery SET state = 'failed', is_claimed = 0,"
                           " done_at_ms = $2 WHERE id = $1",
                           {id, now_ms}));
  }
  return claimed;
}

Result<void> finish_attempt(Connection& connection, const ClaimedDelivery& claimed,
                            const WebhookAttempt& attempt, const jobs::AttemptOutcome& outcome,
                            std::int64_t now_ms) {
  const bool is_done = outcome.state != jobs::DeliveryState::pending;
  // Only this attempt's: one that was taken over by another has a higher number.
  TRY_ASSIGN(
      const auto changed,
      connection.execute("UPDATE webhook_delivery SET state = $3, attempts = $2, is_claimed = 0,"
                         " next_at_ms = $4, done_at_ms = $5 "
                         "WHERE id = $1 AND state = 'pending' AND attempts = $2 - 1",
                         {claimed.delivery.id, attempt.number, to_string(outcome.state),
                          is_done ? now_ms : outcome.next_at_ms, is_done ? now_ms : 0}));
  if (changed == 0) return {};
  TRY(
      connection.execute("INSERT INTO webhook_attempt (delivery_id, number, at_ms, duration_ms,"
                         " status, error, answer) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                         {claimed.delivery.id, attempt.number, attempt.at_ms, attempt.duration_ms,
                          attempt.status, attempt.error, attempt.answer}));
  if (!outcome.is_endpoint_disabled) return {};
  TRY(disable_endpoint(connection, claimed.delivery.endpoint_id, now_ms));
  return refresh_told(connection, claimed.delivery.account_id);
}

Result<std::vector<WebhookAttempt>> attempts_of(Connection& connection, std::int64_t delivery_id) {
  return connection.all(
      "SELECT number, at_ms, duration_ms, status, error, answer "
      "FROM webhook_attempt WHERE delivery_id = $1 ORDER BY number",
      {delivery_id}, [](const Row& row) {
        Columns columns(row);
        WebhookAttempt attempt;
        attempt.number = columns.small();
        attempt.at_ms = columns.integer();
        attempt.duration_ms = columns.integer();
        attempt.status = columns.small();
        attempt.error = columns.text();
        attempt.answer = columns.text();
        return attempt;
      });
}

// Looks at the oldest kPurgeMax rows of each table, so that it costs little when nothing is old.
Result<int> purge_some(Connection& connection, std::int64_t before_ms) {
  TRY_ASSIGN(const auto old_deliveries,
             connection.all("SELECT id FROM webhook_delivery WHERE state <> 'pending' AND "
                            "created_at_ms < $1 AND id IN "
                            "(SELECT id FROM webhook_delivery ORDER BY id LIMIT $2)",
                            {before_ms, kPurgeMax}, [](const Row& row) { return row.integer(0); }));
  for (const std::int64_t id : old_deliveries) {
    TRY(connection.execute("DELETE FROM webhook_attempt WHERE delivery_id = $1", {id}));
    TRY(connection.execute("DELETE FROM webhook_delivery WHERE id = $1", {id}));
  }
  TRY_ASSIGN(const auto old_events,
             connection.all("SELECT id FROM webhook_event WHERE created_at_ms < $1 AND NOT EXISTS "
                            "(SELECT 1 FROM webhook_delivery WHERE event_id = webhook_event.id) "
                            "ORDER BY created_at_ms LIMIT $2",
                            {before_ms, kPurgeMax},
                            [](const Row& row) { return std::string(row.text(0)); }));
  for (const std::string& id : old_events) {
    TRY(connection.execute("DELETE FROM webhook_event WHERE id = $1", {id}));
  }
  TRY_ASSIGN(const auto messages,
             connection.execute("DELETE FROM outbox WHERE done_at_ms > 0 AND done_at_ms < $1 AND "
                                "id IN (SELECT id FROM outbox ORDER BY id LIMIT $2)",
                                {before_ms, kPurgeMax}));
  return static_cast<int>(old_deliveries.size() + old_events.size()) + static_cast<int>(messages);
}

}  // namespace understudy::storage
