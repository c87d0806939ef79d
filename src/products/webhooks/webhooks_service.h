// The operations on webhooks, as the routes call them. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/http.h"
#include "base/clock.h"
#include "jobs/webhook_deliverer.h"
#include "jobs/webhook_signature.h"
#include "jobs/webhook_store.h"
#include "products/webhooks/webhooks.h"

namespace understudy::webhooks {

struct Settings {
  jobs::WebhookOptions options = {};
  bool allow_private = false;  // development and tests: http URLs and private addresses
};

// An answer that shows a secret: sent, and stored for the request's Idempotency-Key with the
// effect.
using SecretAnswer = std::function<api::Response(std::string_view secret)>;
using EndpointAnswer =
    std::function<api::Response(const jobs::WebhookEndpoint& endpoint, std::string_view secret)>;

class WebhooksService {
 public:
  WebhooksService(jobs::WebhookStore& store, jobs::WebhookTransport transport,
                  jobs::WebhookSecrets secrets, Settings settings, const Clock& clock);

  // Verifies the URL first. Errors: invalid_parameter, resource_limit_reached,
  // insufficient_api_key_scope (money events need account:read).
  Result<api::Response> create(const api::Request& request, Surface surface,
                               const EndpointAnswer& answer);
  Result<jobs::WebhookEndpoint> update(const api::Request& request, Surface surface);
  Result<api::Response> rotate(const api::Request& request, Surface surface,
                               const SecretAnswer& answer);
  Result<void> remove(const api::Request& request, Surface surface);

  // Signs the account's callbacks from now on; again: rotates. Unsigned after remove_.
  Result<api::Response> rotate_callback_secret(const api::Request& request,
                                               const SecretAnswer& answer);
  Result<void> remove_callback_secret(const api::Request& request);
  Result<bool> has_callback_secret(const api::Request& request);

  // The new deliveries' ids. Errors: resource_not_found, webhook_not_found, invalid_parameter.
  Result<std::vector<std::int64_t>> redeliver(const api::Request& request);
  Result<std::int64_t> send_test(const api::Request& request);

  struct Replayed {
    int events = 0;
    int deliveries = 0;
  };
  // In the order in which the events happened. Errors: those of parse_replay(), webhook_not_found,
  // resource_limit_reached (more than kReplayEventsMax events).
  Result<Replayed> replay(const api::Request& request);

  jobs::WebhookStore& store() { return store_; }

 private:
  Result<void> verify(const std::string& url) const;
  std::int64_t expiry(std::int64_t now_ms) const {
    return now_ms + settings_.options.give_up_after_ms;
  }

  jobs::WebhookStore& store_;
  jobs::WebhookTransport transport_;
  jobs::WebhookSecrets secrets_;
  Settings settings_;
  const Clock& clock_;
};

// Whether this caller may see events of money.
bool may_see_money(const api::Request& request);

}  // namespace understudy::webhooks
