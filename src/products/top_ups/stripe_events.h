// What Stripe says, as facts about payments: webhook events and answers of its API. Reads only what
// is needed and trusts no type. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "money/top_up.h"

namespace understudy::top_ups {

struct Event {
  std::string id;    // "evt_..."
  std::string type;  // "checkout.session.completed"
  bool is_live = false;
  // Nothing for us: another type, or an object that has nothing to do with a top-up.
  std::variant<std::monostate, money::PaymentFacts, money::ReversalFacts> facts;
};

// A verified body. Errors: invalid_parameter naming the member that is not as documented.
Result<Event> parse_event(std::string_view body);

// A Checkout Session or PaymentIntent as GET answers it (a session with payment_intent expanded).
// Empty while the customer has not paid yet. Errors: service_unavailable.
Result<std::optional<money::PaymentFacts>> facts_of_session(const json::object& session);
Result<std::optional<money::PaymentFacts>> facts_of_payment(const json::object& payment);

}  // namespace understudy::top_ups
