#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "jobs/webhook_rules.h"
#include "jobs/webhook_signature.h"
#include "storage/sql/answers.h"
#include "storage/sql/dialect.h"
#include "storage/sql/outbox.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_watch.h"
#include "storage/sql/webhook_rows.h"

namespace understudy::storage {
namespace {

using jobs::ClaimedDelivery;
using jobs::Publication;
using jobs::WebhookAttempt;
using jobs::WebhookDelivery;
using jobs::WebhookEndpoint;
using jobs::WebhookEvent;
using jobs::WebhookSalts;

// A purge never keeps the writer from others for long.
constexpr int kPurgeMax = 500;

tl::unexpected<Error> no_endpoint() {
  return fail(ErrorCode::webhook_not_found, "There is no webhook endpoint with this id.",
              "endpoint_id");
}

// ------------------------------------------------------------------------------ outbox to events

// False when the message was done before.
Result<bool> mark_done(Connection& connection, std::int64_t id, std::int64_t now_ms) {
  TRY_ASSIGN(const auto changed,
             connection.execute("UPDATE outbox SET done_at_ms = $2, attempts = attempts + 1 "
                                "WHERE id = $1 AND done_at_ms = 0",
                                {id, std::max<std::int64_t>(now_ms, 1)}));
  return changed == 1;
}

Result<bool> has_happened(Connection& connection, std::string_view once_key) {
  if (once_key.empty()) return false;
  TRY_ASSIGN(const auto found,
             connection.first("SELECT 1 FROM webhook_event WHERE once_key = $1 AND once_key <> ''",
                              {once_key}, [](const Row& row) { return row.integer(0); }));
  return found.has_value();
}

Result<void> add_event(Connection& connection, const WebhookEvent& event,
                       const DeliveryTimes& times) {
  TRY_ASSIGN(const bool is_repeated, has_happened(connection, event.once_key));
  if (is_repeated) return {};
  TRY(insert_event(connection, event));
  TRY_ASSIGN(const auto endpoints, endpoints_of(connection, event.account_id));
  for (const WebhookEndpoint& endpoint : endpoints) {
    if (!jobs::listens(endpoint, event)) continue;
    TRY(insert_delivery(connection, event, &endpoint, times));
  }
  if (!event.callback_url.empty()) TRY(insert_delivery(connection, event, nullptr, times));
  return {};
}

// The batch's own event goes through the outbox too, and so stands behind those of its jobs, whose
// messages are all there when the last job has ended.
Result<void> finish_batch(Connection& connection, const jobs::OutboxMessage& message,
                          const std::string& batch_id, std::int64_t now_ms) {
  TRY_ASSIGN(const auto live,
             connection.first("SELECT 1 FROM job WHERE batch_id = $1 AND batch_id <> '' "
                              "AND state IN ('queued', 'running') LIMIT 1",
                              {batch_id}, [](const Row& row) { return row.integer(0); }));
  if (live) return {};
  TRY_ASSIGN(const bool is_told, has_happened(connection, "batch.finished:" + batch_id));
  if (is_told) return {};
  return put_in_outbox(connection, "batch.finished", message.account_id, {{"batch_id", batch_id}},
                       now_ms);
}

// One writer of events at a time: their numbers become visible in their order, so that a reader
// that goes on behind the last one it saw misses none.
Result<void> lock_events(Connection& connection) { return lock_table(connection, "webhook_event"); }

Result<void> publish_all(Connection& connection, std::span<const Publication> publications,
                         std::int64_t now_ms, std::int64_t expires_at_ms) {
  TRY(lock_events(connection));
  std::set<std::string> batches;
  for (const Publication& publication : publications) {
    TRY_ASSIGN(const bool is_mine, mark_done(connection, publication.message.id, now_ms));
    if (!is_mine) continue;
    for (const WebhookEvent& event : publication.events) {
      TRY(add_event(connection, event,
                    {.reason = jobs::DeliveryReason::event,
                     .now_ms = now_ms,
                     .expires_at_ms = expires_at_ms}));
    }
    if (!publication.batch_id.empty() && batches.insert(publication.batch_id).second) {
      TRY(finish_batch(connection, publication.message, publication.batch_id, now_ms));
    }
  }
  return {};
}

// ------------------------------------------------------------------------------------ deliveries

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

// What is pending for an endpoint that is removed or disabled; a replay can send it again.
Result<void> give_up(Connection& connection, std::string_view endpoint_id, std::int64_t now_ms) {
  TRY(
      connection.execute("UPDATE webhook_delivery SET state = 'failed', is_claimed = 0,"
                         " done_at_ms = $2 WHERE lane = $1 AND state = 'pending'",
                         {endpoint_id, now_ms}));
  return {};
}

Result<void> disable(Connection& connection, std::string_view endpoint_id, std::int64_t now_ms) {
  TRY(connection.execute("UPDATE webhook_endpoint SET status = 'disabled' WHERE id = $1",
                         {endpoint_id}));
  return give_up(connection, endpoint_id, now_ms);
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
  TRY(disable(connection, claimed.delivery.endpoint_id, now_ms));
  return refresh_told(connection, claimed.delivery.account_id);
}

// Looks at the oldest kPurgeMax rows of each table, so that it costs little when nothing is old;
// how many went.
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

class SqlWebhookStore final : public jobs::WebhookStore {
 public:
  SqlWebhookStore(Database& database, std::string server)
      : database_(database), server_(std::move(server)) {}

  Result<std::vector<jobs::OutboxMessage>> pending_messages(std::int64_t now_ms,
                                                            int limit) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id, topic, account_id, payload, created_at_ms FROM outbox "
          "WHERE done_at_ms = 0 AND not_before_ms <= $1 ORDER BY id LIMIT $2",
          {now_ms, limit}, [](const Row& row) {
            Columns columns(row);
            jobs::OutboxMessage message;
            message.id = columns.integer();
            message.topic = columns.text();
            message.account_id = columns.text();
            message.payload = columns.text();
            message.created_at_ms = columns.integer();
            return message;
          });
    });
  }

  Result<void> publish(std::span<const Publication> publications, std::int64_t now_ms,
                       std::int64_t expires_at_ms) override {
    if (publications.empty()) return {};
    return database_.write([&](Connection& connection) {
      return publish_all(connection, publications, now_ms, expires_at_ms);
    });
  }

  Result<void> postpone_message(std::int64_t id, std::int64_t not_before_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(
          connection.execute("UPDATE outbox SET not_before_ms = $2, attempts = attempts + 1 "
                             "WHERE id = $1 AND done_at_ms = 0",
                             {id, not_before_ms}));
      return {};
    });
  }

  Result<void> create_endpoint(const WebhookEndpoint& endpoint, std::string_view salt,
                               int count_max,
                               const std::optional<jobs::StoredAnswer>& answer) override {
    const std::string events = joined(endpoint.events);
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(lock_rows(connection, "SELECT 1 FROM account WHERE id = $1", {endpoint.account_id}));
      TRY_ASSIGN(
          const auto count,
          connection.first("SELECT count(*) FROM webhook_endpoint WHERE account_id = $1",
                           {endpoint.account_id}, [](const Row& row) { return row.integer(0); }));
      if (count.value_or(0) >= count_max) {
        return fail(ErrorCode::resource_limit_reached,
                    fmt::format("An account has at most {} webhook endpoints; remove one first.",
                                count_max));
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
    });
  }

  Result<WebhookEndpoint> find_endpoint(std::string_view account_id, std::string_view id,
                                        bool with_extension) override {
    TRY_ASSIGN(auto endpoint, database_.read([&](Connection& connection) {
      return endpoint_row(connection, account_id, id);
    }));
    if (!endpoint || (endpoint->is_extension && !with_extension)) return no_endpoint();
    return *std::move(endpoint);
  }

  Result<std::vector<WebhookEndpoint>> list_endpoints(const jobs::EndpointQuery& query) override {
    static const std::string kSql =
        kSelectEndpoint +
        "WHERE account_id = $1 AND (is_extension = 0 OR $2 = 1) AND ($3 = '' OR id < $3) "
        "ORDER BY id DESC LIMIT $4";
    return database_.read([&](Connection& connection) {
      return connection.all(
          kSql, {query.account_id, query.with_extension, query.before_id, std::max(query.limit, 0)},
          endpoint_of);
    });
  }

  Result<WebhookEndpoint> update_endpoint(std::string_view account_id, std::string_view id,
                                          const jobs::EndpointChange& change,
                                          std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<WebhookEndpoint> {
      TRY(lock_rows(connection, "SELECT 1 FROM webhook_endpoint WHERE id = $1", {id}));
      TRY_ASSIGN(auto endpoint, endpoint_row(connection, account_id, id));
      if (!endpoint) return no_endpoint();
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
    });
  }

  Result<void> remove_endpoint(std::string_view account_id, std::string_view id,
                               std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(
          const auto removed,
          connection.execute("DELETE FROM webhook_endpoint WHERE id = $1 AND account_id = $2",
                             {id, account_id}));
      if (removed == 0) return no_endpoint();
      TRY(connection.execute("DELETE FROM webhook_secret WHERE owner = $1", {id}));
      TRY(refresh_told(connection, account_id));
      return give_up(connection, id, now_ms);
    });
  }

  Result<void> rotate_secret(std::string_view owner, std::string_view salt,
                             std::int64_t previous_until_ms, std::int64_t now_ms,
                             const std::optional<jobs::StoredAnswer>& answer) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "INSERT INTO webhook_secret (owner, salt, previous_salt, previous_until_ms) "
          "VALUES ($1, $2, '', 0) ON CONFLICT (owner) DO UPDATE SET"
          " previous_salt = webhook_secret.salt, salt = $2, previous_until_ms = $3",
          {owner, salt, previous_until_ms}));
      if (!answer) return {};
      return store_answer(connection, *answer, now_ms);
    });
  }

  Result<WebhookSalts> salts(std::string_view owner) override {
    return database_.read([&](Connection& connection) { return salts_of(connection, owner); });
  }

  Result<void> remove_secret(std::string_view owner) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute("DELETE FROM webhook_secret WHERE owner = $1", {owner}));
      return {};
    });
  }

  Result<std::vector<WebhookEvent>> list_events(const jobs::EventQuery& query) override {
    std::string sql = kSelectEvent + "WHERE account_id = $1";
    std::vector<Parameter> parameters{query.account_id};
    const auto add = [&](std::string_view condition, Parameter parameter) {
      parameters.push_back(parameter);
      sql += fmt::format(" AND {} ${}", condition, parameters.size());
    };
    if (!query.with_extension) sql += " AND is_extension = 0";
    if (!query.type.empty()) add("type =", query.type);
    if (!query.entity_id.empty()) add("entity_id =", query.entity_id);
    if (query.from_ms > 0) add("created_at_ms >=", query.from_ms);
    if (query.until_ms < INT64_MAX) add("created_at_ms <", query.until_ms);
    if (query.is_given_up_only) {
      sql +=
          " AND EXISTS (SELECT 1 FROM webhook_delivery WHERE event_id = webhook_event.id AND"
          " state = 'failed')";
    }
    add("seq <", query.before_seq);
    add("seq >", query.after_seq);
    sql += query.is_oldest_first ? " ORDER BY seq" : " ORDER BY seq DESC";
    parameters.emplace_back(std::max(query.limit, 0));
    sql += fmt::format(" LIMIT ${}", parameters.size());
    return database_.read(
        [&](Connection& connection) { return connection.all(sql, parameters, event_of); });
  }

  Result<WebhookEvent> find_event(std::string_view account_id, std::string_view id) override {
    static const std::string kSql = kSelectEvent + "WHERE id = $1 AND account_id = $2";
    TRY_ASSIGN(auto event, database_.read([&](Connection& connection) {
      return connection.first(kSql, {id, account_id}, event_of);
    }));
    if (!event) {
      return fail(ErrorCode::resource_not_found, "There is no event with this id.", "event_id");
    }
    return *std::move(event);
  }

  Result<std::vector<WebhookDelivery>> list_deliveries(const jobs::DeliveryQuery& query) override {
    static const std::string kSql =
        kSelectDelivery +
        "WHERE webhook_delivery.account_id = $1 AND ($2 = '' OR endpoint_id = $2) "
        "AND ($3 = '' OR event_id = $3) AND ($4 = '' OR state = $4) AND webhook_delivery.id < $5 "
        "ORDER BY webhook_delivery.id DESC LIMIT $6";
    return database_.read([&](Connection& connection) {
      return connection.all(kSql,
                            {query.account_id, query.endpoint_id, query.event_id, query.state,
                             query.before_id, std::max(query.limit, 0)},
                            delivery_of);
    });
  }

  Result<std::vector<WebhookAttempt>> attempts(std::int64_t delivery_id) override {
    return database_.read([&](Connection& connection) {
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
    });
  }

  Result<std::vector<std::int64_t>> resend(const jobs::Resend& resend, std::int64_t now_ms,
                                           std::int64_t expires_at_ms) override {
    const DeliveryTimes times{
        .reason = resend.reason, .now_ms = now_ms, .expires_at_ms = expires_at_ms};
    return database_.write([&](Connection& connection) -> Result<std::vector<std::int64_t>> {
      TRY_ASSIGN(auto endpoints, endpoints_of(connection, resend.account_id));
      if (!resend.endpoint_id.empty()) {
        std::erase_if(endpoints, [&](const auto& one) { return one.id != resend.endpoint_id; });
        if (endpoints.empty()) return no_endpoint();
      }
      std::vector<std::int64_t> made;
      for (const std::string& id : resend.event_ids) {
        TRY(send_again(connection, id, resend, endpoints, times, made));
      }
      return made;
    });
  }

  Result<std::int64_t> send_test(const WebhookEvent& event, std::string_view endpoint_id,
                                 std::int64_t now_ms, std::int64_t expires_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<std::int64_t> {
      TRY(lock_events(connection));
      TRY_ASSIGN(const auto endpoint, endpoint_row(connection, event.account_id, endpoint_id));
      if (!endpoint) return no_endpoint();
      TRY(insert_event(connection, event));
      return insert_delivery(
          connection, event, &*endpoint,
          {.reason = jobs::DeliveryReason::test, .now_ms = now_ms, .expires_at_ms = expires_at_ms});
    });
  }

  // One step of the index per lane, however much waits in it.
  Result<std::vector<Lane>> lanes() override {
    return database_.read([](Connection& connection) -> Result<std::vector<Lane>> {
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
    });
  }

  Result<std::vector<std::int64_t>> due(std::string_view lane, int limit,
                                        std::int64_t now_ms) override {
    return database_.read([&](Connection& connection) {
      return connection.all(
          "SELECT id FROM webhook_delivery AS mine WHERE state = 'pending' AND lane = $1 "
          "AND next_at_ms <= $2 AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS earlier "
          "WHERE earlier.state = 'pending' AND earlier.lane = mine.lane "
          "AND earlier.entity_id = mine.entity_id AND earlier.id < mine.id) "
          "ORDER BY next_at_ms, id LIMIT $3",
          {lane, now_ms, limit}, [](const Row& row) { return row.integer(0); });
    });
  }

  Result<std::vector<ClaimedDelivery>> claim(std::span<const std::int64_t> ids, std::int64_t now_ms,
                                             std::int64_t until_ms) override {
    return database_.write([&](Connection& connection) -> Result<std::vector<ClaimedDelivery>> {
      std::vector<ClaimedDelivery> claimed;
      for (const std::int64_t id : ids) {
        TRY_ASSIGN(const auto changed,
                   connection.execute("UPDATE webhook_delivery SET is_claimed = 1, next_at_ms = $3,"
                                      " server = $4 "
                                      "WHERE id = $1 AND state = 'pending' AND next_at_ms <= $2",
                                      {id, now_ms, until_ms, server_}));
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
    });
  }

  Result<void> finish(const ClaimedDelivery& claimed, const WebhookAttempt& attempt,
                      const jobs::AttemptOutcome& outcome, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) {
      return finish_attempt(connection, claimed, attempt, outcome, now_ms);
    });
  }

  Result<void> release(std::int64_t delivery_id, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(
          connection.execute("UPDATE webhook_delivery SET is_claimed = 0, next_at_ms = $2 "
                             "WHERE id = $1 AND state = 'pending' AND is_claimed = 1",
                             {delivery_id, now_ms}));
      return {};
    });
  }

  Result<void> release_claims(std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(
          connection.execute("UPDATE webhook_delivery SET is_claimed = 0, next_at_ms = $1 "
                             "WHERE state = 'pending' AND is_claimed = 1 AND server = $2",
                             {now_ms, server_}));
      return {};
    });
  }

  Result<int> purge(std::int64_t before_ms) override {
    int total = 0;
    for (int removed = 1; removed > 0; total += removed) {
      TRY_ASSIGN(removed, database_.write([&](Connection& connection) {
        return purge_some(connection, before_ms);
      }));
    }
    return total;
  }

 private:
  static Result<void> put_secret(Connection& connection, std::string_view owner,
                                 std::string_view salt) {
    TRY(
        connection.execute("INSERT INTO webhook_secret (owner, salt, previous_salt,"
                           " previous_until_ms) VALUES ($1, $2, '', 0)",
                           {owner, salt}));
    return {};
  }

  static Result<void> send_again(Connection& connection, std::string_view event_id,
                                 const jobs::Resend& resend,
                                 const std::vector<WebhookEndpoint>& endpoints,
                                 const DeliveryTimes& times, std::vector<std::int64_t>& made) {
    static const std::string kSql = kSelectEvent + "WHERE id = $1 AND account_id = $2";
    TRY_ASSIGN(const auto event, connection.first(kSql, {event_id, resend.account_id}, event_of));
    if (!event) return {};
    const bool is_named = !resend.endpoint_id.empty();
    for (const WebhookEndpoint& endpoint : endpoints) {
      const bool is_wanted = (is_named && resend.is_by_hand) || jobs::listens(endpoint, *event);
      if (!is_wanted) continue;
      TRY_ASSIGN(const auto id, insert_delivery(connection, *event, &endpoint, times));
      made.push_back(id);
    }
    if (!is_named && resend.is_by_hand && !event->callback_url.empty()) {
      TRY_ASSIGN(const auto id, insert_delivery(connection, *event, nullptr, times));
      made.push_back(id);
    }
    return {};
  }

  Database& database_;
  const std::string server_;
};

}  // namespace

std::unique_ptr<jobs::WebhookStore> make_webhook_store(Database& database, std::string server) {
  return std::make_unique<SqlWebhookStore>(database, std::move(server));
}

}  // namespace understudy::storage
