#include "products/top_ups/stripe_events.h"

#include <random>

#include <gtest/gtest.h>

namespace understudy::top_ups {
namespace {

using money::PaymentFacts;
using money::PaymentOutcome;
using money::ReversalFacts;
using money::ReversalStage;

std::string event(const std::string& type, const std::string& object) {
  return R"({"id":"evt_1","type":")" + type + R"(","livemode":false,"data":{"object":)" + object +
         "}}";
}

constexpr const char* kSession =
    R"({"id":"cs_1","client_reference_id":"topup_1","payment_intent":"pi_1","customer":"cus_1",)"
    R"("currency":"usd","amount_total":2000,"payment_status":"PS","status":"complete"})";

std::string session(const std::string& payment_status) {
  std::string text = kSession;
  return text.replace(text.find("PS"), 2, payment_status);
}

PaymentOutcome outcome_of(const std::string& type, const std::string& payment_status) {
  const auto read = parse_event(event(type, session(payment_status)));
  EXPECT_TRUE(read);
  return std::get<PaymentFacts>(read->facts).outcome;
}

TEST(StripeEvents, ASessionIsPaidOnlyWhenItSaysSo) {
  EXPECT_EQ(outcome_of("checkout.session.completed", "paid"), PaymentOutcome::paid);
  EXPECT_EQ(outcome_of("checkout.session.completed", "unpaid"), PaymentOutcome::pending);
  EXPECT_EQ(outcome_of("checkout.session.completed", "whatever"), PaymentOutcome::pending);
  EXPECT_EQ(outcome_of("checkout.session.async_payment_succeeded", "paid"), PaymentOutcome::paid);
  EXPECT_EQ(outcome_of("checkout.session.async_payment_failed", "unpaid"), PaymentOutcome::failed);
  EXPECT_EQ(outcome_of("checkout.session.expired", "unpaid"), PaymentOutcome::expired);
}

TEST(StripeEvents, ReadsIdsPlainAndExpanded) {
  const auto plain = std::get<PaymentFacts>(
      parse_event(event("checkout.session.completed", session("paid")))->facts);
  EXPECT_EQ(plain.session_id, "cs_1");
  EXPECT_EQ(plain.payment_id, "pi_1");
  EXPECT_EQ(plain.customer_id, "cus_1");
  EXPECT_EQ(plain.top_up_id, "topup_1");
  EXPECT_EQ(plain.event_id, "evt_1");
  std::string text = session("paid");
  text.replace(text.find(R"("pi_1")"), 6, R"({"id":"pi_1","payment_method":"pm_1"})");
  const auto expanded =
      std::get<PaymentFacts>(parse_event(event("checkout.session.completed", text))->facts);
  EXPECT_EQ(expanded.payment_id, "pi_1");
  EXPECT_EQ(expanded.payment_method_id, "pm_1");
}

TEST(StripeEvents, ADisputesMoneyFollowsItsStatus) {
  const auto stage_of = [](const std::string& type, const std::string& status) {
    const auto read = parse_event(
        event("charge.dispute." + type, R"({"id":"dp_1","payment_intent":"pi_1","amount":500,)"
                                        R"("status":")" +
                                            status + "\"}"));
    EXPECT_TRUE(read);
    return std::get<ReversalFacts>(read->facts).stage;
  };
  EXPECT_EQ(stage_of("created", "needs_response"), ReversalStage::taken);
  EXPECT_EQ(stage_of("created", "warning_needs_response"), ReversalStage::none);
  EXPECT_EQ(stage_of("updated", "under_review"), ReversalStage::taken);
  EXPECT_EQ(stage_of("funds_withdrawn", "needs_response"), ReversalStage::taken);
  EXPECT_EQ(stage_of("funds_reinstated", "under_review"), ReversalStage::given_back);
  EXPECT_EQ(stage_of("closed", "won"), ReversalStage::given_back);
  EXPECT_EQ(stage_of("closed", "warning_closed"), ReversalStage::given_back);
  EXPECT_EQ(stage_of("closed", "lost"), ReversalStage::lost);
}

TEST(StripeEvents, PaymentsOfCheckoutAndOtherTypesAreLeftAlone) {
  const std::string payment =
      R"({"id":"pi_1","currency":"usd","amount_received":500,"metadata":{"top_up_id":"t",)"
      R"("top_up_kind":"KIND"}})";
  std::string checkout = payment;
  checkout.replace(checkout.find("KIND"), 4, "checkout");
  std::string reload = payment;
  reload.replace(reload.find("KIND"), 4, "auto_reload");
  EXPECT_EQ(parse_event(event("payment_intent.payment_failed", checkout))->facts.index(), 0u);
  EXPECT_EQ(parse_event(event("payment_intent.succeeded", reload))->facts.index(), 1u);
  EXPECT_EQ(parse_event(event("invoice.paid", "{}"))->facts.index(), 0u);
}

TEST(StripeEvents, AnAnswerWithoutAPaymentIsNoNews) {
  auto open = parse_json(session("unpaid")).value().as_object();
  open["status"] = "open";
  EXPECT_FALSE(facts_of_session(open).value());
  open["status"] = "expired";
  EXPECT_EQ(facts_of_session(open).value()->outcome, PaymentOutcome::expired);
  open["payment_status"] = "paid";
  EXPECT_EQ(facts_of_session(open).value()->outcome, PaymentOutcome::paid);
  EXPECT_FALSE(facts_of_session({{"id", 5}}));
  EXPECT_EQ(facts_of_session({}).error().code, ErrorCode::service_unavailable);
}

// Nothing that a body may hold makes more of it than an error or facts.
TEST(StripeEvents, AnyChangeOfABodyIsRefusedOrRead) {
  const std::string whole = event("checkout.session.completed", session("paid"));
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = whole;
    for (unsigned edits = random() % 4 + 1; edits > 0; --edits) {
      const auto at = random() % changed.size();
      switch (random() % 3) {
        case 0: changed[at] = static_cast<char>(random() % 256); break;
        case 1: changed.erase(at, random() % 8 + 1); break;
        default: changed.insert(at, 1, "{}[]\",:0-e"[random() % 10]);
      }
      if (changed.empty()) changed = "x";
    }
    const auto read = parse_event(changed);
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::invalid_parameter);
    } else if (const auto* facts = std::get_if<PaymentFacts>(&read->facts)) {
      EXPECT_GE(facts->amount_cents, 0);
      EXPECT_FALSE(facts->session_id.empty());
      EXPECT_LE(facts->session_id.size(), 255u);
    }
  }
}

TEST(StripeEvents, TextsThatAreKeptAreTexts) {
  for (const char* id : {R"("pi\u0000")", R"("pi\n1")", R"("")", R"(5)"}) {
    std::string text = session("paid");
    text.replace(text.find(R"("cs_1")"), 6, id);
    EXPECT_FALSE(parse_event(event("checkout.session.completed", text))) << id;
  }
  // A message is cut between characters, not inside of one.
  std::string message(499, 'x');
  message += "\xc3\xa9 and more";
  const auto failed = std::get<PaymentFacts>(
      parse_event(event("payment_intent.payment_failed",
                        R"({"id":"pi_1","currency":"usd","metadata":{"top_up_kind":"auto_reload"},)"
                        R"("last_payment_error":{"code":"card\u0000","message":")" +
                            message + R"("}})"))
          ->facts);
  EXPECT_EQ(failed.failure_message, std::string(499, 'x'));
  EXPECT_EQ(failed.failure_code, "payment_failed");
}

}  // namespace
}  // namespace understudy::top_ups
