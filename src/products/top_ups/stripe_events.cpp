#include "products/top_ups/stripe_events.h"

#include <algorithm>

#include "base/text.h"

namespace understudy::top_ups {
namespace {

using money::PaymentFacts;
using money::PaymentOutcome;
using money::ReversalFacts;
using money::ReversalKind;
using money::ReversalStage;

constexpr std::size_t kIdMax = 255;
constexpr std::size_t kTextMax = 500;
constexpr std::size_t kDepthMax = 24;

tl::unexpected<Error> wrong(const std::string& member) {
  return fail(ErrorCode::invalid_parameter,
              "'" + member + "' of this event is not as Stripe documents it.", member);
}

// Ids, types and the like: no control characters, which no database of texts takes.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

// A text of a sensible length, or nothing when it is null or missing.
Result<std::string> text_of(const json::object& object, std::string_view name, bool is_required) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) {
    if (is_required) return wrong(std::string(name));
    return std::string();
  }
  if (!value->is_string() || value->get_string().size() > kIdMax ||
      !is_plain(std::string_view(value->get_string())) ||
      (is_required && value->get_string().empty())) {
    return wrong(std::string(name));
  }
  return std::string(value->get_string());
}

// An id, or the id of the object that was expanded in its place.
Result<std::string> id_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_object()) return text_of(value->get_object(), "id", true);
  return text_of(object, name, false);
}

Result<std::int64_t> amount_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0) return value->get_int64();
  return wrong(std::string(name));
}

Result<std::string> metadata_of(const json::object& object, std::string_view name) {
  const auto* metadata = object_or_null(object, "metadata");
  if (metadata == nullptr) return std::string();
  return text_of(*metadata, name, false);
}

void take_failure(PaymentFacts& facts, const json::object& payment) {
  facts.failure_code = "payment_failed";
  facts.failure_message = "The payment failed.";
  const auto* error = object_or_null(payment, "last_payment_error");
  if (error == nullptr) return;
  const std::string code = string_or(*error, "code");
  const std::string message = string_or(*error, "message");
  if (!code.empty() && code.size() <= kIdMax && is_plain(code)) facts.failure_code = code;
  if (!message.empty()) facts.failure_message = printable(message, kTextMax);
}

Result<PaymentFacts> session_facts(const json::object& session) {
  PaymentFacts facts;
  TRY_ASSIGN(facts.session_id, text_of(session, "id", true));
  TRY_ASSIGN(facts.top_up_id, text_of(session, "client_reference_id", false));
  TRY_ASSIGN(facts.payment_id, id_of(session, "payment_intent"));
  TRY_ASSIGN(facts.customer_id, id_of(session, "customer"));
  TRY_ASSIGN(facts.currency, text_of(session, "currency", true));
  TRY_ASSIGN(facts.amount_cents, amount_of(session, "amount_total"));
  if (const auto* payment = object_or_null(session, "payment_intent"); payment != nullptr) {
    TRY_ASSIGN(facts.payment_method_id, id_of(*payment, "payment_method"));
  }
  return facts;
}

Result<PaymentFacts> payment_facts(const json::object& payment) {
  PaymentFacts facts;
  TRY_ASSIGN(facts.payment_id, text_of(payment, "id", true));
  TRY_ASSIGN(facts.top_up_id, metadata_of(payment, "top_up_id"));
  TRY_ASSIGN(facts.customer_id, id_of(payment, "customer"));
  TRY_ASSIGN(facts.payment_method_id, id_of(payment, "payment_method"));
  TRY_ASSIGN(facts.currency, text_of(payment, "currency", true));
  return facts;
}

Result<PaymentOutcome> session_outcome(const json::object& session, std::string_view type) {
  if (type == "checkout.session.expired") return PaymentOutcome::expired;
  if (type == "checkout.session.async_payment_failed") return PaymentOutcome::failed;
  TRY_ASSIGN(const auto status, text_of(session, "payment_status", true));
  // Without a payment there is nothing to credit: the amount will not be what was asked for.
  if (status == "paid" || status == "no_payment_required") return PaymentOutcome::paid;
  return PaymentOutcome::pending;
}

Result<void> read_session(Event& event, const json::object& session) {
  TRY_ASSIGN(auto facts, session_facts(session));
  TRY_ASSIGN(facts.outcome, session_outcome(session, event.type));
  if (facts.outcome == PaymentOutcome::failed) take_failure(facts, session);
  if (facts.outcome == PaymentOutcome::expired) {
    facts.failure_code = "expired";
    facts.failure_message = "The Checkout page expired before it was paid.";
  }
  event.facts = std::move(facts);
  return {};
}

// Of reloads only: a card declined on a Checkout page can be followed by another.
Result<void> read_payment(Event& event, const json::object& payment) {
  TRY_ASSIGN(const auto kind, metadata_of(payment, "top_up_kind"));
  if (kind != "auto_reload") return {};
  TRY_ASSIGN(auto facts, payment_facts(payment));
  if (event.type == "payment_intent.succeeded") {
    facts.outcome = PaymentOutcome::paid;
    TRY_ASSIGN(facts.amount_cents, amount_of(payment, "amount_received"));
  } else {
    facts.outcome = PaymentOutcome::failed;
    take_failure(facts, payment);
  }
  event.facts = std::move(facts);
  return {};
}

Result<void> read_refund(Event& event, const json::object& charge) {
  ReversalFacts facts{.kind = ReversalKind::refund, .stage = ReversalStage::taken};
  TRY_ASSIGN(facts.id, text_of(charge, "id", true));
  TRY_ASSIGN(facts.payment_id, id_of(charge, "payment_intent"));
  TRY_ASSIGN(facts.top_up_id, metadata_of(charge, "top_up_id"));
  TRY_ASSIGN(facts.amount_cents, amount_of(charge, "amount_refunded"));
  if (facts.payment_id.empty()) return {};  // a charge made without a PaymentIntent is not ours
  event.facts = std::move(facts);
  return {};
}

ReversalStage dispute_stage(std::string_view type, std::string_view status) {
  if (type == "charge.dispute.funds_reinstated") return ReversalStage::given_back;
  if (status == "won" || status == "warning_closed" || status == "prevented") {
    return ReversalStage::given_back;
  }
  if (status == "lost") return ReversalStage::lost;
  const bool is_inquiry = status.starts_with("warning_");
  if (is_inquiry && type != "charge.dispute.funds_withdrawn") return ReversalStage::none;
  return ReversalStage::taken;
}

Result<void> read_dispute(Event& event, const json::object& dispute) {
  ReversalFacts facts{.kind = ReversalKind::dispute};
  TRY_ASSIGN(facts.id, text_of(dispute, "id", true));
  TRY_ASSIGN(facts.payment_id, id_of(dispute, "payment_intent"));
  TRY_ASSIGN(facts.amount_cents, amount_of(dispute, "amount"));
  TRY_ASSIGN(const auto status, text_of(dispute, "status", true));
  if (facts.payment_id.empty()) return {};
  facts.stage = dispute_stage(event.type, status);
  event.facts = std::move(facts);
  return {};
}

Result<void> read_object(Event& event, const json::object& object) {
  const std::string_view type = event.type;
  if (type == "checkout.session.completed" || type == "checkout.session.async_payment_succeeded" ||
      type == "checkout.session.async_payment_failed" || type == "checkout.session.expired") {
    return read_session(event, object);
  }
  if (type == "payment_intent.succeeded" || type == "payment_intent.payment_failed" ||
      type == "payment_intent.canceled") {
    return read_payment(event, object);
  }
  if (type == "charge.refunded") return read_refund(event, object);
  if (type == "charge.dispute.created" || type == "charge.dispute.updated" ||
      type == "charge.dispute.closed" || type == "charge.dispute.funds_withdrawn" ||
      type == "charge.dispute.funds_reinstated") {
    return read_dispute(event, object);
  }
  return {};
}

Error ours(Error error) {
  error.code = ErrorCode::service_unavailable;
  error.message = "Stripe answered something unexpected.";
  error.detail = error.param;
  error.param.clear();
  return error;
}

}  // namespace

Result<Event> parse_event(std::string_view body) {
  TRY_ASSIGN(const auto document, parse_json(body, kDepthMax));
  const auto* object = document.if_object();
  if (object == nullptr) return wrong("object");
  Event event;
  TRY_ASSIGN(event.id, text_of(*object, "id", true));
  TRY_ASSIGN(event.type, text_of(*object, "type", true));
  event.is_live = bool_or(*object, "livemode", false);
  const auto* data = object_or_null(*object, "data");
  const auto* subject = data == nullptr ? nullptr : object_or_null(*data, "object");
  if (subject == nullptr) return wrong("data.object");
  TRY(read_object(event, *subject));
  if (auto* facts = std::get_if<PaymentFacts>(&event.facts)) {
    facts->event_id = event.id;
    facts->event_type = event.type;
  } else if (auto* reversal = std::get_if<ReversalFacts>(&event.facts)) {
    reversal->event_id = event.id;
    reversal->event_type = event.type;
  }
  return event;
}

Result<std::optional<PaymentFacts>> facts_of_session(const json::object& session) {
  auto facts = session_facts(session);
  if (!facts) return tl::make_unexpected(ours(facts.error()));
  const std::string status = string_or(session, "status");
  const std::string payment_status = string_or(session, "payment_status");
  if (payment_status == "paid" || payment_status == "no_payment_required") {
    facts->outcome = PaymentOutcome::paid;
  } else if (status == "expired") {
    facts->outcome = PaymentOutcome::expired;
    facts->failure_code = "expired";
    facts->failure_message = "The Checkout page expired before it was paid.";
  } else if (status == "complete") {
    const auto* payment = object_or_null(session, "payment_intent");
    const std::string state = payment == nullptr ? "" : string_or(*payment, "status");
    const bool has_failed = state == "requires_payment_method" || state == "canceled";
    facts->outcome = has_failed ? PaymentOutcome::failed : PaymentOutcome::pending;
    if (has_failed) take_failure(*facts, *payment);
  } else {
    return std::nullopt;
  }
  return std::optional(*std::move(facts));
}

Result<std::optional<PaymentFacts>> facts_of_payment(const json::object& payment) {
  auto facts = payment_facts(payment);
  if (!facts) return tl::make_unexpected(ours(facts.error()));
  const std::string status = string_or(payment, "status");
  if (status == "succeeded") {
    const auto received = amount_of(payment, "amount_received");
    if (!received) return tl::make_unexpected(ours(received.error()));
    facts->outcome = PaymentOutcome::paid;
    facts->amount_cents = *received;
  } else if (status == "processing") {
    facts->outcome = PaymentOutcome::pending;
  } else {
    // requires_action too: nobody is there who could act.
    facts->outcome = PaymentOutcome::failed;
    take_failure(*facts, payment);
    if (status == "requires_action") facts->failure_code = "authentication_required";
  }
  return std::optional(*std::move(facts));
}

}  // namespace understudy::top_ups
