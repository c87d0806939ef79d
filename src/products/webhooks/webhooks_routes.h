// Webhooks over HTTP: /v3/webhooks and /understudy/v1/webhooks. See README.md in this folder.
#pragma once

#include <vector>

#include "api/http.h"
#include "products/webhooks/webhooks_service.h"

namespace understudy::webhooks {

std::vector<api::Route> routes(WebhooksService& service);            // the contract's
std::vector<api::Route> extension_routes(WebhooksService& service);  // ours

// What both have in common.
Result<api::Response> list_events(WebhooksService& service, const api::Request& request,
                                  Surface surface);
Result<api::Response> list_endpoints(WebhooksService& service, const api::Request& request,
                                     Surface surface);

}  // namespace understudy::webhooks
