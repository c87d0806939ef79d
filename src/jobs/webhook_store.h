// WebhookStore: the port for endpoints, events and deliveries. Every call is one atomic step. Any
// thread. A delivery survives the process: it is pending in the store until its outcome is there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jobs/job_store.h"
#include "jobs/webhook.h"

namespace understudy::jobs {

// A row that was written in the transaction of what it tells of.
struct OutboxMessage {
  std::int64_t id = 0;
  std::string topic = {};  // "job.completed", "wallet.low_balance"
  std::string account_id = {};
  std::string payload = {};  // JSON
  std::int64_t created_at_ms = 0;
};

// What a message becomes: events, or nothing. With `batch_id`, the message is of a job of this
// batch: when it was the last one, "batch.finished" follows through the outbox.
struct Publication {
  OutboxMessage message = {};
  std::vector<WebhookEvent> events = {};
  std::string batch_id = {};
};

struct EndpointQuery {
  std::string account_id = {};
  bool with_extension = false;  // those made under /understudy/v1 too
  std::string before_id = {};   // newest first: ids smaller than this
  int limit = 10;
};

struct EndpointChange {
  std::optional<std::string> url = {};
  std::optional<std::vector<std::string>> events = {};
  std::optional<bool> is_enabled = {};
};

struct EventQuery {
  std::string account_id = {};
  bool with_extension = false;
  std::string type = {};
  std::string entity_id = {};
  std::int64_t from_ms = 0;           // inclusive
  std::int64_t until_ms = INT64_MAX;  // exclusive
  bool is_given_up_only = false;      // some delivery of it was given up
  std::int64_t before_seq = INT64_MAX;
  std::int64_t after_seq = 0;
  bool is_oldest_first = false;
  int limit = 10;
};

struct DeliveryQuery {
  std::string account_id = {};
  std::string endpoint_id = {};
  std::string event_id = {};
  std::string state = {};
  std::int64_t before_id = INT64_MAX;
  int limit = 10;
};

// Sends events again, in the order in which they happened.
struct Resend {
  std::string account_id = {};
  std::vector<std::string> event_ids = {};
  std::string endpoint_id = {};  // empty: every endpoint that listens
  // To the named endpoint whatever its filter says; without a name also to the callback_url.
  bool is_by_hand = false;
  DeliveryReason reason = DeliveryReason::redelivery;
};

// How an attempt ended for its delivery.
struct AttemptOutcome {
  DeliveryState state = DeliveryState::pending;
  std::int64_t next_at_ms = 0;        // of a pending one
  bool is_endpoint_disabled = false;  // the endpoint said that it is gone for good
};

class WebhookStore {
 public:
  virtual ~WebhookStore() = default;

  // ---- outbox to events
  virtual Result<std::vector<OutboxMessage>> pending_messages(std::int64_t now_ms, int limit) = 0;
  // Each message is done with its event and the event's deliveries, or was done already.
  virtual Result<void> publish(std::span<const Publication> publications, std::int64_t now_ms,
                               std::int64_t expires_at_ms) = 0;
  virtual Result<void> postpone_message(std::int64_t id, std::int64_t not_before_ms) = 0;

  // ---- endpoints
  // Errors: resource_limit_reached (the account has `count_max` already).
  virtual Result<void> create_endpoint(const WebhookEndpoint& endpoint, std::string_view salt,
                                       int count_max,
                                       const std::optional<StoredAnswer>& answer) = 0;
  // `with_extension`: also one made under /understudy/v1. Errors: webhook_not_found.
  virtual Result<WebhookEndpoint> find_endpoint(std::string_view account_id, std::string_view id,
                                                bool with_extension) = 0;
  virtual Result<std::vector<WebhookEndpoint>> list_endpoints(const EndpointQuery& query) = 0;
  // The pending deliveries of one that is disabled are given up.
  virtual Result<WebhookEndpoint> update_endpoint(std::string_view account_id, std::string_view id,
                                                  const EndpointChange& change,
                                                  std::int64_t now_ms) = 0;
  // Its pending deliveries are given up.
  virtual Result<void> remove_endpoint(std::string_view account_id, std::string_view id,
                                       std::int64_t now_ms) = 0;
  // The new salt signs from now on, the one before it until `previous_until_ms`.
  virtual Result<void> rotate_secret(std::string_view owner, std::string_view salt,
                                     std::int64_t previous_until_ms, std::int64_t now_ms,
                                     const std::optional<StoredAnswer>& answer) = 0;
  virtual Result<WebhookSalts> salts(std::string_view owner) = 0;
  virtual Result<void> remove_secret(std::string_view owner) = 0;

  // ---- history
  virtual Result<std::vector<WebhookEvent>> list_events(const EventQuery& query) = 0;
  // Errors: resource_not_found.
  virtual Result<WebhookEvent> find_event(std::string_view account_id, std::string_view id) = 0;
  virtual Result<std::vector<WebhookDelivery>> list_deliveries(const DeliveryQuery& query) = 0;
  virtual Result<std::vector<WebhookAttempt>> attempts(std::int64_t delivery_id) = 0;

  // ---- sending again; the ids of the new deliveries
  // Errors: webhook_not_found.
  virtual Result<std::vector<std::int64_t>> resend(const Resend& resend, std::int64_t now_ms,
                                                   std::int64_t expires_at_ms) = 0;
  // An event for one endpoint alone.
  virtual Result<std::int64_t> send_test(const WebhookEvent& event, std::string_view endpoint_id,
                                         std::int64_t now_ms, std::int64_t expires_at_ms) = 0;

  // ---- delivering
  struct Lane {
    std::string name = {};
    std::int64_t next_at_ms = 0;  // its earliest pending delivery
  };
  virtual Result<std::vector<Lane>> lanes() = 0;
  // Up to `limit` of the lane that may be attempted now: due, and the first of their resource.
  virtual Result<std::vector<std::int64_t>> due(std::string_view lane, int limit,
                                                std::int64_t now_ms) = 0;
  // Those of `ids` that nobody else has taken; a claim lapses at `until_ms`.
  virtual Result<std::vector<ClaimedDelivery>> claim(std::span<const std::int64_t> ids,
                                                     std::int64_t now_ms,
                                                     std::int64_t until_ms) = 0;
  // Nothing happens when the attempt was counted already.
  virtual Result<void> finish(const ClaimedDelivery& claimed, const WebhookAttempt& attempt,
                              const AttemptOutcome& outcome, std::int64_t now_ms) = 0;
  virtual Result<void> release(std::int64_t delivery_id, std::int64_t now_ms) = 0;
  // For the start of a server: what it had claimed is due again.
  virtual Result<void> release_claims(std::int64_t now_ms) = 0;

  // Forgets what ended before `before_ms`; returns how many rows went.
  virtual Result<int> purge(std::int64_t before_ms) = 0;
};

}  // namespace understudy::jobs
