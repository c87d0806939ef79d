#include <algorithm>

#include "storage/sql/answers.h"
#include "storage/sql/stores.h"
#include "storage/sql/webhook_delivery_steps.h"
#include "storage/sql/webhook_endpoint_steps.h"
#include "storage/sql/webhook_event_steps.h"
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
      return publish_events(connection, publications, now_ms, expires_at_ms);
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
    return database_.write([&](Connection& connection) {
      return add_endpoint(connection, endpoint, salt, count_max, answer);
    });
  }

  Result<WebhookEndpoint> find_endpoint(std::string_view account_id, std::string_view id,
                                        bool with_extension) override {
    TRY_ASSIGN(auto endpoint, database_.read([&](Connection& connection) {
      return endpoint_row(connection, account_id, id);
    }));
    if (!endpoint || (endpoint->is_extension && !with_extension)) return no_webhook_endpoint();
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
    return database_.write([&](Connection& connection) {
      return change_endpoint(connection, account_id, id, change, now_ms);
    });
  }

  Result<void> remove_endpoint(std::string_view account_id, std::string_view id,
                               std::int64_t now_ms) override {
    return database_.write(
        [&](Connection& connection) { return drop_endpoint(connection, account_id, id, now_ms); });
  }

  Result<void> rotate_secret(std::string_view owner, std::string_view salt,
                             std::int64_t previous_until_ms, std::int64_t now_ms,
                             const std::optional<jobs::StoredAnswer>& answer) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(put_new_secret(connection, owner, salt, previous_until_ms));
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
    return database_.read(
        [&](Connection& connection) { return list_webhook_events(connection, query); });
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
    return database_.read(
        [&](Connection& connection) { return attempts_of(connection, delivery_id); });
  }

  Result<std::vector<std::int64_t>> resend(const jobs::Resend& resend, std::int64_t now_ms,
                                           std::int64_t expires_at_ms) override {
    return database_.write([&](Connection& connection) {
      return resend_events(connection, resend, now_ms, expires_at_ms);
    });
  }

  Result<std::int64_t> send_test(const WebhookEvent& event, std::string_view endpoint_id,
                                 std::int64_t now_ms, std::int64_t expires_at_ms) override {
    return database_.write([&](Connection& connection) {
      return add_test_event(connection, event, endpoint_id, now_ms, expires_at_ms);
    });
  }

  Result<std::vector<Lane>> lanes() override { return database_.read(lanes_of_deliveries); }

  Result<std::vector<std::int64_t>> due(std::string_view lane, int limit,
                                        std::int64_t now_ms) override {
    return database_.read(
        [&](Connection& connection) { return due_deliveries(connection, lane, limit, now_ms); });
  }

  Result<std::vector<ClaimedDelivery>> claim(std::span<const std::int64_t> ids, std::int64_t now_ms,
                                             std::int64_t until_ms) override {
    return database_.write([&](Connection& connection) {
      return claim_deliveries(connection, ids, now_ms, until_ms, server_);
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
  Database& database_;
  const std::string server_;
};

}  // namespace

std::unique_ptr<jobs::WebhookStore> make_webhook_store(Database& database, std::string server) {
  return std::make_unique<SqlWebhookStore>(database, std::move(server));
}

}  // namespace understudy::storage
