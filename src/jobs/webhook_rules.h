// The rules of webhooks: which event types there are, who hears of an event, which URLs may be
// called, when a failed delivery is tried again. Pure functions; any thread.
// Sources: the enum WebhookEventType of api/openapi.json; https://www.standardwebhooks.com.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jobs/webhook.h"

namespace understudy::jobs {

inline constexpr std::size_t kWebhookUrlMax = 2048;
inline constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

struct WebhookOptions {
  std::int64_t deadline_ms = 10'000;               // for an endpoint's answer
  std::int64_t first_retry_ms = 5'000;             // then twice as long each time ...
  std::int64_t longest_retry_ms = 4LL * 3600'000;  // ... up to this
  std::int64_t give_up_after_ms = kDayMs;
  std::int64_t secret_overlap_ms = kDayMs;  // a replaced secret signs as well for so long
  std::int64_t history_ms = 30 * kDayMs;
  int concurrency = 64;          // attempts at a time, in all
  int endpoint_concurrency = 4;  // to one endpoint; 1 while its last attempt failed
};

struct WebhookEventType {
  std::string_view name;
  std::string_view description;
};

std::span<const WebhookEventType> v3_event_types();         // the closed list of the contract
std::span<const WebhookEventType> extension_event_types();  // what only extension endpoints hear of
bool is_v3_event_type(std::string_view type);
bool is_money_topic(std::string_view topic);  // wallet.* and cap.*

// What an extension endpoint may list: a type, or "<family>.*". Errors: invalid_parameter.
Result<void> check_extension_filter(std::string_view pattern);
// True when the filter can let an event of money through.
bool may_hear_of_money(std::span<const std::string> filter);

// Whether the endpoint hears of the event: enabled, its filter, its resource.
bool listens(const WebhookEndpoint& endpoint, const WebhookEvent& event);

// A URL that events may be sent to: https (http only where private addresses are allowed), no user
// name, no literal private address. `param` names the field. Errors: invalid_parameter.
Result<void> check_webhook_url(std::string_view url, bool allow_private, std::string_view param);

// A request's callback_url; an empty one is none. Errors: invalid_parameter.
Result<void> check_callback_url(std::string_view url, bool allow_private);

// "https://example.com:8443": scheme, host and port, for lanes and the log; a URL may hold secrets.
std::string origin_of(std::string_view url);

// The lane of a callback: one limit per account and host.
std::string callback_lane(std::string_view account_id, std::string_view url);

// The pause after `attempts` failed attempts: doubling, and up to a fifth longer or shorter.
// `chance` is a random number, 0..1.
std::int64_t retry_delay_ms(const WebhookOptions& options, int attempts, double chance);

}  // namespace understudy::jobs
