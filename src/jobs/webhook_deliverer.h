// WebhookDeliverer: one attempt to deliver, from the signature to the stored outcome. It knows no
// threads and no sockets: the transport is handed in. Any thread.
//
// What counts as delivered: an answer with a 2xx status within the deadline. A redirect does not:
// it is not followed, because the receiver named one URL and the signature is meant for it. 410
// (gone) disables the endpoint, as Standard Webhooks asks. Everything else is tried again until
// `give_up_after_ms` have passed since the delivery was made; the last attempt is made then. A
// longer pause that the receiver asks for in Retry-After is kept.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "jobs/webhook_rules.h"
#include "jobs/webhook_signature.h"
#include "jobs/webhook_store.h"
#include "net/http_client.h"

namespace understudy::jobs {

struct WebhookRequest {
  std::string method = "POST";
  std::string url = {};
  WebhookHeaders headers = {};
  std::string body = {};
  std::int64_t deadline_ms = 10'000;
};

struct WebhookAnswer {
  int status = 0;
  std::string location = {};        // of a redirect
  std::string body = {};            // its first bytes
  std::int64_t retry_after_ms = 0;  // what it asks for in Retry-After (seconds); 0: nothing
};

// Errors: download_failed (no answer in time, refused address), cancelled (the server stops).
using WebhookTransport =
    std::function<Result<WebhookAnswer>(const WebhookRequest& request, std::stop_token stop)>;

// Over the outgoing client, which checks the address of the socket that is really opened.
WebhookTransport webhook_transport(const net::HttpClient& client);

class WebhookDeliverer {
 public:
  // `chance` gives random numbers, 0..1, for the jitter of retries.
  WebhookDeliverer(WebhookStore& store, WebhookTransport transport, WebhookSecrets secrets,
                   WebhookOptions options, const Clock& clock, std::function<double()> chance);

  // Whether it was delivered. When the outcome cannot be stored, the claim lapses and the delivery
  // is attempted again.
  bool attempt(const ClaimedDelivery& claimed, const std::stop_token& stop);

 private:
  struct Sent {
    WebhookAttempt attempt;
    bool was_cancelled = false;
    std::int64_t retry_after_ms = 0;
  };
  Sent send(const ClaimedDelivery& claimed, const std::stop_token& stop) const;
  AttemptOutcome outcome_of(const ClaimedDelivery& claimed, const Sent& sent,
                            std::int64_t now_ms) const;

  WebhookStore& store_;
  WebhookTransport transport_;
  WebhookSecrets secrets_;
  WebhookOptions options_;
  const Clock& clock_;
  std::function<double()> chance_;
};

}  // namespace understudy::jobs
