// WebhookThreads: the delivery of webhooks, put together: publisher, deliverer, dispatcher. And
// what each product says of its jobs.
#pragma once

#include <string>

#include "api/links.h"
#include "base/clock.h"
#include "jobs/webhook_dispatcher.h"
#include "net/http_client.h"
#include "server/config.h"
#include "server/installation.h"

namespace understudy::server {

jobs::WebhookOptions webhook_options(const Config& config);

// One entry per product with events of its own; other kinds of jobs get plain_job_event(). Links in
// events start with `base_url` and outlive the last attempt. The references outlive the result.
jobs::JobDescribers job_describers(const api::LinkSigner& signer, const money::PriceBook& prices,
                                   const Clock& clock, const std::string& base_url,
                                   const Config& config);

class WebhookThreads {
 public:
  // The references outlive it. Deliveries start at once.
  WebhookThreads(Installation& installation, jobs::JobStore& queue, const net::HttpClient& http,
                 jobs::JobDescribers describers, const Config& config, const Clock& clock);

 private:
  jobs::WebhookPublisher publisher_;
  jobs::WebhookDeliverer deliverer_;
  jobs::WebhookDispatcher dispatcher_;
};

}  // namespace understudy::server
