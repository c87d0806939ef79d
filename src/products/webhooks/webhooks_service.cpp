#include "products/webhooks/webhooks_service.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "api/idempotency.h"
#include "base/id.h"
#include "jobs/webhook_publisher.h"

namespace understudy::webhooks {
namespace {

constexpr std::int64_t kProbeDeadlineMs = 3'000;
constexpr int kProbesMax = 3;
constexpr std::chrono::milliseconds kProbePause(100);
constexpr int kReplayStep = 100;  // events of one write

api::Response stored(api::Response response, const api::Request& request) {
  response.is_answer_stored = request.idempotency.has_value();
  return response;
}

Result<void> check_money(const api::Request& request, const std::vector<std::string>& events,
                         Surface surface) {
  if (surface == Surface::v3 || !jobs::may_hear_of_money(events) || may_see_money(request)) {
    return {};
  }
  return fail(ErrorCode::insufficient_api_key_scope,
              "Events of money need the scope 'account:read', which this API key lacks; list other "
              "events in 'events'.",
              "events");
}

// Empty: verified.
std::string objection_to(const Result<jobs::WebhookAnswer>& answer) {
  if (!answer) return answer.error().message;
  const int status = answer->status;
  if (status >= 300 && status <= 399) {
    return "It redirects, and redirects are not followed: give the final URL.";
  }
  // 501: it does not know the method OPTIONS, but it is there.
  if (status >= 500 && status != 501) {
    return "It answered OPTIONS with status " + std::to_string(status) + ".";
  }
  return {};
}

}  // namespace

bool may_see_money(const api::Request& request) { return request.principal.may("account:read"); }

WebhooksService::WebhooksService(jobs::WebhookStore& store, jobs::WebhookTransport transport,
                                 jobs::WebhookSecrets secrets, Settings settings,
                                 const Clock& clock)
    : store_(store),
      transport_(std::move(transport)),
      secrets_(std::move(secrets)),
      settings_(settings),
      clock_(clock) {}

// An answer to OPTIONS shows that somebody listens there who can be reached from here. A receiver
// that fails now and then has three tries.
Result<void> WebhooksService::verify(const std::string& url) const {
  std::string objection;
  for (int probe = 0; probe < kProbesMax; ++probe) {
    if (probe > 0) std::this_thread::sleep_for(kProbePause);
    const auto answer = transport_({.method = "OPTIONS",
                                    .url = url,
                                    .headers = {},
                                    .body = {},
                                    .deadline_ms = kProbeDeadlineMs},
                                   {});
    objection = objection_to(answer);
    if (objection.empty()) return {};
    if (answer || answer.error().message != net::kHostNotFound) continue;
    // A machine for development may be without a name server.
    if (settings_.allow_private) return {};
    break;
  }
  return fail(ErrorCode::invalid_parameter, "'url' could not be verified. " + objection, "url");
}

Result<api::Response> WebhooksService::create(const api::Request& request, Surface surface,
                                              const EndpointAnswer& answer) {
  TRY_ASSIGN(auto endpoint, parse_endpoint(request.object(), surface, settings_.allow_private));
  TRY(check_money(request, endpoint.events, surface));
  TRY(verify(endpoint.url));
  endpoint.created_at_ms = clock_.now_ms();
  endpoint.id = new_id(endpoint.created_at_ms);
  endpoint.account_id = request.principal.account_id;
  const std::string salt = jobs::new_webhook_salt();
  const api::Response response = answer(endpoint, secrets_.secret(endpoint.id, salt));
  TRY(store_.create_endpoint(endpoint, salt, kEndpointsMax, api::stored_answer(request, response)));
  return stored(response, request);
}

Result<jobs::WebhookEndpoint> WebhooksService::update(const api::Request& request,
                                                      Surface surface) {
  const std::string& account = request.principal.account_id;
  const std::string& id = request.path_param("endpoint_id");
  TRY_ASSIGN(const auto change, parse_change(request.object(), surface, settings_.allow_private));
  TRY_ASSIGN(const auto endpoint, store_.find_endpoint(account, id, surface == Surface::extension));
  // An endpoint of v3 keeps to the types of v3, wherever it is changed.
  const Surface made_on = endpoint.is_extension ? Surface::extension : Surface::v3;
  if (change.events && made_on == Surface::v3) {
    for (const auto& event : *change.events) {
      if (jobs::is_v3_event_type(event)) continue;
      return fail(ErrorCode::invalid_parameter,
                  "'events' names '" + event +
                      "', which an endpoint of /v3 does not hear of; make one under "
                      "/understudy/v1/webhooks/endpoints.",
                  "events");
    }
  }
  if (change.events) TRY(check_money(request, *change.events, made_on));
  if (change.url) TRY(verify(*change.url));
  return store_.update_endpoint(account, id, change, clock_.now_ms());
}

Result<api::Response> WebhooksService::rotate(const api::Request& request, Surface surface,
                                              const SecretAnswer& answer) {
  const std::string& id = request.path_param("endpoint_id");
  TRY(store_.find_endpoint(request.principal.account_id, id, surface == Surface::extension));
  const std::string salt = jobs::new_webhook_salt();
  const std::int64_t now_ms = clock_.now_ms();
  const api::Response response = answer(secrets_.secret(id, salt));
  TRY(store_.rotate_secret(id, salt, now_ms + settings_.options.secret_overlap_ms, now_ms,
                           api::stored_answer(request, response)));
  return stored(response, request);
}

Result<void> WebhooksService::remove(const api::Request& request, Surface surface) {
  const std::string& account = request.principal.account_id;
  const std::string& id = request.path_param("endpoint_id");
  TRY(store_.find_endpoint(account, id, surface == Surface::extension));
  return store_.remove_endpoint(account, id, clock_.now_ms());
}

Result<api::Response> WebhooksService::rotate_callback_secret(const api::Request& request,
                                                              const SecretAnswer& answer) {
  const std::string owner = jobs::callback_secret_owner(request.principal.account_id);
  const std::string salt = jobs::new_webhook_salt();
  const std::int64_t now_ms = clock_.now_ms();
  const api::Response response = answer(secrets_.secret(owner, salt));
  TRY(store_.rotate_secret(owner, salt, now_ms + settings_.options.secret_overlap_ms, now_ms,
                           api::stored_answer(request, response)));
  return stored(response, request);
}

Result<void> WebhooksService::remove_callback_secret(const api::Request& request) {
  return store_.remove_secret(jobs::callback_secret_owner(request.principal.account_id));
}

Result<bool> WebhooksService::has_callback_secret(const api::Request& request) {
  TRY_ASSIGN(const auto salts,
             store_.salts(jobs::callback_secret_owner(request.principal.account_id)));
  return !salts.salt.empty();
}

Result<std::vector<std::int64_t>> WebhooksService::redeliver(const api::Request& request) {
  const std::string& account = request.principal.account_id;
  TRY_ASSIGN(const std::string endpoint_id, parse_redelivery(request.object()));
  TRY_ASSIGN(const auto event, store_.find_event(account, request.path_param("event_id")));
  if (event.is_extension && !may_see_money(request)) {
    return fail(ErrorCode::resource_not_found, "There is no event with this id.", "event_id");
  }
  const std::int64_t now_ms = clock_.now_ms();
  return store_.resend({.account_id = account,
                        .event_ids = {event.id},
                        .endpoint_id = endpoint_id,
                        .is_by_hand = true,
                        .reason = jobs::DeliveryReason::redelivery},
                       now_ms, expiry(now_ms));
}

Result<std::int64_t> WebhooksService::send_test(const api::Request& request) {
  const std::string& account = request.principal.account_id;
  TRY_ASSIGN(const auto endpoint,
             store_.find_endpoint(account, request.path_param("endpoint_id"), true));
  const std::int64_t now_ms = clock_.now_ms();
  jobs::WebhookEvent event;
  event.id = jobs::new_event_id(now_ms);
  event.account_id = account;
  event.type = "webhook.test";
  event.entity_id = endpoint.id;
  event.is_extension = true;
  event.created_at_ms = now_ms;
  const json::object data{{"endpoint_id", endpoint.id}, {"message", "A test event."}};
  event.body = jobs::webhook_body(event.id, event.type, to_text(data), now_ms);
  return store_.send_test(event, endpoint.id, now_ms, expiry(now_ms));
}

Result<WebhooksService::Replayed> WebhooksService::replay(const api::Request& request) {
  const std::string& account = request.principal.account_id;
  TRY_ASSIGN(const Replay wanted, parse_replay(request.object()));
  if (!wanted.endpoint_id.empty()) {
    TRY(store_.find_endpoint(account, wanted.endpoint_id, true));
  }
  jobs::EventQuery query{.account_id = account,
                         .with_extension = may_see_money(request),
                         .type = wanted.event_type,
                         .from_ms = wanted.from_ms,
                         .until_ms = wanted.until_ms,
                         .is_given_up_only = wanted.is_given_up_only,
                         .is_oldest_first = true,
                         .limit = kReplayEventsMax + 1};
  TRY_ASSIGN(const auto events, store_.list_events(query));
  if (static_cast<int>(events.size()) > kReplayEventsMax) {
    return fail(ErrorCode::resource_limit_reached,
                "This is more than 10000 events: choose a shorter time with 'from' and 'to'.",
                "from");
  }
  Replayed replayed;
  const std::int64_t now_ms = clock_.now_ms();
  jobs::Resend resend{.account_id = account,
                      .endpoint_id = wanted.endpoint_id,
                      .reason = jobs::DeliveryReason::replay};
  for (std::size_t first = 0; first < events.size(); first += kReplayStep) {
    resend.event_ids.clear();
    const std::size_t last = std::min(events.size(), first + kReplayStep);
    for (std::size_t i = first; i < last; ++i) resend.event_ids.push_back(events[i].id);
    TRY_ASSIGN(const auto made, store_.resend(resend, now_ms, expiry(now_ms)));
    replayed.events += static_cast<int>(last - first);
    replayed.deliveries += static_cast<int>(made.size());
  }
  return replayed;
}

}  // namespace understudy::webhooks
