#include "jobs/webhook_deliverer.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace understudy::jobs {
namespace {

constexpr std::size_t kAnswerMax = 1024;  // bytes of an answer that the delivery log keeps
constexpr int kGone = 410;
constexpr std::int64_t kRetryAfterMax_s = 24 * 3600;

bool is_success(int status) { return status >= 200 && status <= 299; }

// Of "120". A date, the other form of Retry-After, asks for nothing here: clocks differ.
std::int64_t milliseconds_from(std::string_view seconds) {
  std::int64_t count = 0;
  const auto read = std::from_chars(seconds.data(), seconds.data() + seconds.size(), count);
  const bool is_count = read.ec == std::errc() && read.ptr == seconds.data() + seconds.size();
  return is_count && count > 0 ? std::min(count, kRetryAfterMax_s) * 1000 : 0;
}

// Why an answer does not count; empty when it does.
std::string objection_to(const WebhookAnswer& answer) {
  if (is_success(answer.status)) return {};
  std::string text = "The endpoint answered with status " + std::to_string(answer.status);
  if (answer.status >= 300 && answer.status <= 399) {
    text += " to " + printable(answer.location, 200) + "; redirects are not followed";
  }
  return text + ".";
}

}  // namespace

WebhookTransport webhook_transport(const net::HttpClient& client) {
  return [&client](const WebhookRequest& request, std::stop_token stop) -> Result<WebhookAnswer> {
    // Again, since the rules may have changed since the URL was given.
    TRY(check_webhook_url(request.url, client.allows_private(), "url"));
    net::HttpRequest http{.method = request.method,
                          .url = request.url,
                          .headers = request.headers,
                          .body = request.body};
    if (!request.body.empty()) http.headers.emplace_back("Content-Type", "application/json");
    http.limits = {.size_max = kAnswerMax,
                   .time_ms = request.deadline_ms,
                   .connect_ms = request.deadline_ms,
                   .redirects_max = 0};
    http.is_head_enough = true;
    http.stop = std::move(stop);
    TRY_ASSIGN(auto answer, client.request(http));
    const auto location = answer.headers.find("location");
    const auto retry_after = answer.headers.find("retry-after");
    return WebhookAnswer{
        .status = answer.status,
        .location = location != answer.headers.end() ? location->second : std::string(),
        .body = std::move(answer.body),
        .retry_after_ms =
            retry_after != answer.headers.end() ? milliseconds_from(retry_after->second) : 0};
  };
}

WebhookDeliverer::WebhookDeliverer(WebhookStore& store, WebhookTransport transport,
                                   WebhookSecrets secrets, WebhookOptions options,
                                   const Clock& clock, std::function<double()> chance)
    : store_(store),
      transport_(std::move(transport)),
      secrets_(std::move(secrets)),
      options_(options),
      clock_(clock),
      chance_(std::move(chance)) {}

WebhookDeliverer::Sent WebhookDeliverer::send(const ClaimedDelivery& claimed,
                                              const std::stop_token& stop) const {
  Sent sent{.attempt = {.number = claimed.delivery.attempts + 1, .at_ms = clock_.now_ms()}};
  WebhookAttempt& attempt = sent.attempt;
  const SignedEvent event{.event_id = claimed.delivery.event_id,
                          .body = claimed.body,
                          .timestamp_s = attempt.at_ms / 1000,
                          .attempt = attempt.number};
  const auto secrets = secrets_.signing(claimed.secret_owner, claimed.salts, attempt.at_ms);
  const auto answer = transport_({.url = claimed.url,
                                  .headers = webhook_headers(event, secrets),
                                  .body = claimed.body,
                                  .deadline_ms = options_.deadline_ms},
                                 stop);
  attempt.duration_ms = std::max<std::int64_t>(clock_.now_ms() - attempt.at_ms, 0);
  if (!answer) {
    sent.was_cancelled = answer.error().code == ErrorCode::cancelled;
    attempt.error = printable(answer.error().message, kAnswerMax);
    return sent;
  }
  attempt.status = answer->status;
  attempt.error = objection_to(*answer);
  attempt.answer = printable(answer->body, kAnswerMax);
  sent.retry_after_ms = answer->retry_after_ms;
  return sent;
}

AttemptOutcome WebhookDeliverer::outcome_of(const ClaimedDelivery& claimed, const Sent& sent,
                                            std::int64_t now_ms) const {
  const WebhookAttempt& attempt = sent.attempt;
  if (attempt.error.empty()) return {.state = DeliveryState::delivered};
  if (attempt.status == kGone) {
    return {.state = DeliveryState::failed,
            .is_endpoint_disabled = !claimed.delivery.endpoint_id.empty()};
  }
  const std::int64_t expires_at_ms = claimed.delivery.expires_at_ms;
  if (attempt.at_ms >= expires_at_ms) return {.state = DeliveryState::failed};
  const std::int64_t pause_ms =
      std::max(retry_delay_ms(options_, attempt.number, chance_()), sent.retry_after_ms);
  return {.state = DeliveryState::pending,
          .next_at_ms = std::min(now_ms + pause_ms, expires_at_ms)};
}

bool WebhookDeliverer::attempt(const ClaimedDelivery& claimed, const std::stop_token& stop) {
  const WebhookDelivery& delivery = claimed.delivery;
  const Sent sent = send(claimed, stop);
  const WebhookAttempt& attempt = sent.attempt;
  const std::int64_t now_ms = clock_.now_ms();
  Result<void> stored;
  if (sent.was_cancelled) {  // we stop: it did not fail, and it goes on after the start
    stored = store_.release(delivery.id, now_ms);
  } else {
    const AttemptOutcome outcome = outcome_of(claimed, sent, now_ms);
    stored = store_.finish(claimed, attempt, outcome, now_ms);
    if (outcome.state == DeliveryState::failed) {
      log::warn("webhook {} to {} is given up after {} attempts: {}", delivery.event_id,
                origin_of(claimed.url), attempt.number, attempt.error);
    }
  }
  if (!stored) {
    log::error("webhook {}: the outcome was not stored: {} {}", delivery.event_id,
               stored.error().message, stored.error().detail);
  }
  return !sent.was_cancelled && attempt.error.empty();
}

}  // namespace understudy::jobs
