#include "products/top_ups/top_ups_service.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/id.h"
#include "base/log.h"
#include "products/top_ups/stripe_events.h"
#include "products/top_ups/stripe_requests.h"
#include "products/top_ups/stripe_signature.h"

namespace understudy::top_ups {
namespace {

using money::Applied;
using money::PaymentFacts;
using money::TopUp;
using money::TopUpKind;
using money::TopUpState;

// Stripe forgets an idempotency key after a day; a request must not be repeated then.
constexpr std::int64_t kRepeatableMs = 23LL * 3600 * 1000;
// Whoever made a top-up has this long to hear Stripe's answer before the poller asks again.
constexpr std::int64_t kOpeningMs = 90'000;

// Part of a path of Stripe's API.
bool is_provider_id(std::string_view id) {
  return !id.empty() && id.size() <= 255 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string idempotency_key(const TopUp& top_up) {
  return fmt::format("understudy-{}-{}", top_up.id, top_up.attempt);
}

tl::unexpected<Error> unavailable(const StripeError& error) {
  Error made;
  made.code = ErrorCode::service_unavailable;
  made.message = error.kind == StripeError::Kind::forbidden
                     ? "Stripe refused this server's API key: its operator has to check [stripe] "
                       "api_key."
                 : error.kind == StripeError::Kind::refused
                     ? "Stripe refused this payment; the server's log says why."
                     : "Stripe cannot be reached at the moment. Repeat the request with the same "
                       "Idempotency-Key.";
  made.detail = to_text(error);
  if (error.kind == StripeError::Kind::transient) made.retry_after_s = 5;
  return tl::make_unexpected(std::move(made));
}

}  // namespace

TopUpService::TopUpService(money::TopUpStore& store, const net::HttpClient& http, Settings settings,
                           const Clock& clock)
    : store_(store),
      settings_(std::move(settings)),
      stripe_(http, {.base_url = settings_.base_url, .api_key = settings_.api_key}),
      clock_(clock) {}

bool TopUpService::is_configured() const {
  return !settings_.api_key.empty() && !settings_.webhook_secrets.empty();
}

Result<void> TopUpService::check_configured() const {
  if (is_configured()) return {};
  return fail(ErrorCode::not_implemented,
              "This server takes no payments by card: its operator has to set api_key and "
              "webhook_secrets in the section [stripe] of the configuration. Until then money is "
              "added with: understudy wallet top-up.");
}

Result<TopUp> TopUpService::create(const CheckoutWish& wish) {
  TRY(check_configured());
  TRY(money::check_top_up(wish.amount, settings_.limits,
                          wish.credits > 0 ? "credits" : "amount_usd"));
  TopUp top_up;
  top_up.created_at_ms = clock_.now_ms();
  top_up.id = new_id(top_up.created_at_ms, "topup_");
  top_up.account_id = wish.account_id;
  top_up.key_id = wish.key_id;
  top_up.amount = wish.amount;
  top_up.credits = wish.credits;
  TRY_ASSIGN(const auto last, store_.last_saved_payment(wish.account_id));
  if (last) top_up.customer_id = last->customer_id;
  const std::string page = wish.base_url + "/understudy/v1/top-ups/return?result=";
  top_up.provider_request = checkout_request(
      top_up,
      {.success_url = settings_.success_url.empty() ? page + "success" : settings_.success_url,
       .cancel_url = settings_.cancel_url.empty() ? page + "cancelled" : settings_.cancel_url,
       .saves_payment_method = wish.saves_payment_method});
  TRY_ASSIGN(const TopUp made, store_.create({.top_up = top_up,
                                              .request_key = wish.request_key,
                                              .poll_at_ms = top_up.created_at_ms + kOpeningMs}));
  if (made.state == TopUpState::creating) TRY(open(made));
  return store_.find(made.account_id, made.id);
}

Result<void> TopUpService::open(const TopUp& top_up) {
  if (clock_.now_ms() - top_up.created_at_ms > kRepeatableMs) {
    return end_as_failed(top_up, "not_created", "The payment page could not be made in time.");
  }
  return top_up.kind == TopUpKind::checkout ? open_checkout(top_up) : open_reload(top_up);
}

Result<void> TopUpService::open_checkout(const TopUp& top_up) {
  auto answer =
      stripe_.post("/v1/checkout/sessions", top_up.provider_request, idempotency_key(top_up));
  const bool is_customer_gone =
      !answer && answer.error().code == "resource_missing" && answer.error().param == "customer";
  if (is_customer_gone) {
    TRY_ASSIGN(const TopUp again,
               store_.ask_anew(top_up.id, without_customer(top_up.provider_request)));
    answer = stripe_.post("/v1/checkout/sessions", again.provider_request, idempotency_key(again));
  }
  if (!answer) {
    if (answer.error().kind != StripeError::Kind::transient) {
      TRY(end_as_failed(top_up, "refused", "The payment page could not be made."));
    }
    return unavailable(answer.error());
  }
  const std::string session_id = string_or(*answer, "id");
  const std::string url = string_or(*answer, "url");
  if (!is_provider_id(session_id) || url.empty()) {
    return fail_with_detail(ErrorCode::service_unavailable, "Stripe answered something unexpected.",
                            "a Checkout Session without id or url");
  }
  return store_.opened(top_up.id, {.session_id = session_id,
                                   .payment_id = {},
                                   .url = url,
                                   .expires_at_ms = int_or(*answer, "expires_at", 0) * 1000,
                                   .state = TopUpState::open,
                                   .poll_at_ms = clock_.now_ms() + settings_.poll_after_ms});
}

Result<void> TopUpService::open_reload(const TopUp& top_up) {
  const auto answer =
      stripe_.post("/v1/payment_intents", top_up.provider_request, idempotency_key(top_up));
  if (!answer) {
    const StripeError& error = answer.error();
    if (error.kind == StripeError::Kind::transient) return unavailable(error);
    log::warn("top-up {}: {}", top_up.id, to_text(error));
    PaymentFacts facts;
    facts.top_up_id = top_up.id;
    facts.payment_id = error.payment_id;
    facts.outcome = money::PaymentOutcome::failed;
    facts.failure_code = error.code;
    facts.failure_message = error.kind == StripeError::Kind::declined
                                ? error.message
                                : "The automatic payment could not be made.";
    TRY(store_.apply(facts, clock_.now_ms()));
    return {};
  }
  TRY_ASSIGN(const auto facts, facts_of_payment(*answer));
  if (facts && facts->outcome == money::PaymentOutcome::failed) {
    TRY(store_.apply(*facts, clock_.now_ms()));
    return {};
  }
  // Credited by the event, or by asking once more.
  return store_.opened(top_up.id, {.session_id = {},
                                   .payment_id = facts ? facts->payment_id : std::string(),
                                   .url = {},
                                   .expires_at_ms = 0,
                                   .state = TopUpState::processing,
                                   .poll_at_ms = clock_.now_ms() + settings_.poll_after_ms});
}

Result<void> TopUpService::end_as_failed(const TopUp& top_up, std::string code,
                                         std::string message) {
  PaymentFacts facts;
  facts.top_up_id = top_up.id;
  facts.outcome = money::PaymentOutcome::failed;
  facts.failure_code = std::move(code);
  facts.failure_message = std::move(message);
  TRY(store_.apply(facts, clock_.now_ms()));
  return {};
}

Result<Applied> TopUpService::credit_or_note(const PaymentFacts& facts) {
  TRY_ASSIGN(const Applied applied, store_.apply(facts, clock_.now_ms()));
  const std::string subject = facts.session_id.empty() ? facts.payment_id : facts.session_id;
  switch (applied) {
    case Applied::disagreed:
      log::error("Stripe {}: paid {} {}, which is not what was asked for: nothing was credited",
                 subject, facts.amount_cents, facts.currency);
      break;
    case Applied::paid_twice:
      log::error("Stripe {}: a second payment of top-up {}: refund it at Stripe", subject,
                 facts.top_up_id);
      break;
    case Applied::unknown:
      log::warn("Stripe {} {}: no top-up of this server; ignored", facts.event_type, subject);
      break;
    case Applied::credited: log::info("Stripe {}: credited", subject); break;
    case Applied::changed:
    case Applied::unchanged: break;
  }
  return applied;
}

Result<Applied> TopUpService::receive(std::string_view signature, std::string_view body) {
  TRY(check_configured());
  TRY(verify_signature(signature, body, settings_.webhook_secrets, clock_.now_ms()));
  TRY_ASSIGN(const Event event, parse_event(body));
  if (std::holds_alternative<std::monostate>(event.facts)) return Applied::unknown;
  if (event.is_live != stripe_.is_live()) {
    log::warn("Stripe {}: {} mode, unlike [stripe] api_key; ignored", event.id,
              event.is_live ? "live" : "test");
    return Applied::unknown;
  }
  if (const auto* facts = std::get_if<PaymentFacts>(&event.facts)) return credit_or_note(*facts);
  const auto& reversal = std::get<money::ReversalFacts>(event.facts);
  TRY_ASSIGN(const Applied applied, store_.apply(reversal, clock_.now_ms()));
  log::info("Stripe {} {}: {}", reversal.event_type, reversal.id, money::to_string(applied));
  return applied;
}

Result<void> TopUpService::look_after(const TopUp& top_up) {
  // First the next time, so that a failure in between cannot make this a tight loop.
  const auto delay = money::poll_delay_ms(top_up.polls, settings_.poll_after_ms);
  TRY(store_.polled(top_up.id, delay ? std::optional(clock_.now_ms() + *delay) : std::nullopt));
  if (top_up.state == TopUpState::creating) return open(top_up);
  const bool is_checkout = top_up.kind == TopUpKind::checkout;
  const std::string& id = is_checkout ? top_up.session_id : top_up.payment_id;
  if (!is_provider_id(id)) return {};
  const auto answer = is_checkout
                          ? stripe_.get("/v1/checkout/sessions/" + id + "?expand[]=payment_intent")
                          : stripe_.get("/v1/payment_intents/" + id);
  if (!answer) return unavailable(answer.error());
  TRY_ASSIGN(const auto facts, is_checkout ? facts_of_session(*answer) : facts_of_payment(*answer));
  if (facts) TRY(credit_or_note(*facts));
  return {};
}

}  // namespace understudy::top_ups
