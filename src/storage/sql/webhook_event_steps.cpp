#include "storage/sql/webhook_event_steps.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "jobs/webhook_rules.h"
#include "storage/sql/dialect.h"
#include "storage/sql/outbox.h"
#include "storage/sql/webhook_endpoint_steps.h"

namespace understudy::storage {
namespace {

using jobs::Publication;
using jobs::WebhookEndpoint;
using jobs::WebhookEvent;

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

Result<void> send_again(Connection& connection, std::string_view event_id,
                        const jobs::Resend& resend, const std::vector<WebhookEndpoint>& endpoints,
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

}  // namespace

Result<void> publish_events(Connection& connection, std::span<const Publication> publications,
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

Result<std::vector<std::int64_t>> resend_events(Connection& connection, const jobs::Resend& resend,
                                                std::int64_t now_ms, std::int64_t expires_at_ms) {
  const DeliveryTimes times{
      .reason = resend.reason, .now_ms = now_ms, .expires_at_ms = expires_at_ms};
  TRY_ASSIGN(auto endpoints, endpoints_of(connection, resend.account_id));
  if (!resend.endpoint_id.empty()) {
    std::erase_if(endpoints, [&](const auto& one) { return one.id != resend.endpoint_id; });
    if (endpoints.empty()) return no_webhook_endpoint();
  }
  std::vector<std::int64_t> made;
  for (const std::string& id : resend.event_ids) {
    TRY(send_again(connection, id, resend, endpoints, times, made));
  }
  return made;
}

Result<std::int64_t> add_test_event(Connection& connection, const WebhookEvent& event,
                                    std::string_view endpoint_id, std::int64_t now_ms,
                                    std::int64_t expires_at_ms) {
  TRY(lock_events(connection));
  TRY_ASSIGN(const auto endpoint, endpoint_row(connection, event.account_id, endpoint_id));
  if (!endpoint) return no_webhook_endpoint();
  TRY(insert_event(connection, event));
  return insert_delivery(
      connection, event, &*endpoint,
      {.reason = jobs::DeliveryReason::test, .now_ms = now_ms, .expires_at_ms = expires_at_ms});
}

Result<std::vector<WebhookEvent>> list_webhook_events(Connection& connection,
                                                      const jobs::EventQuery& query) {
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
  return connection.all(sql, parameters, event_of);
}

}  // namespace understudy::storage
