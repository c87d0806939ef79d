// Requests to Stripe, bodies of ours, receipts: what is exact in each.
#include <gtest/gtest.h>

#include "money/price_book.h"
#include "products/top_ups/receipts.h"
#include "products/top_ups/stripe_requests.h"
#include "products/top_ups/top_ups_json.h"

namespace understudy::top_ups {
namespace {

using money::Money;

Money usd(std::string_view text) { return money::parse_usd(text).value(); }

money::TopUp twenty() {
  money::TopUp top_up;
  top_up.id = "topup_1";
  top_up.account_id = "ann";
  top_up.amount = usd("20.50");
  return top_up;
}

TEST(StripeRequests, FormsKeepBracketsAndEscapeTheRest) {
  EXPECT_EQ(encode_form({{"a[b][0]", "x y&z=1/\xc3\xa9"}, {"c", ""}}),
            "a[b][0]=x%20y%26z%3D1%2F%C3%A9&c=");
}

TEST(StripeRequests, ACheckoutNamesAmountAndTopUp) {
  const CheckoutWishes wishes{.success_url = "https://a.example/?x=1&y=2",
                              .cancel_url = "https://b"};
  const std::string text = checkout_request(twenty(), wishes);
  for (const char* part :
       {"mode=payment", "client_reference_id=topup_1", "[unit_amount]=2050", "[currency]=usd",
        "success_url=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2", "customer_creation=always",
        "payment_intent_data[setup_future_usage]=off_session"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(StripeRequests, AForgottenCustomerIsReplacedByANewOne) {
  money::TopUp top_up = twenty();
  const CheckoutWishes wishes{.success_url = "https://a", .cancel_url = "https://b"};
  const std::string fresh = checkout_request(top_up, wishes);
  top_up.customer_id = "cus_gone";
  const std::string known = checkout_request(top_up, wishes);
  EXPECT_NE(known.find("customer=cus_gone"), std::string::npos);
  EXPECT_EQ(without_customer(known), fresh);
  EXPECT_EQ(without_customer(fresh), fresh);
}

TEST(TopUpBodies, AmountsAreReadFromTheirDigits) {
  for (const char* body :
       {R"({"amount_usd": 25.1})", R"({"amount_usd": "25.1"})", R"({"amount_usd": 25.10})"}) {
    EXPECT_EQ(top_up_body(parse_json(body).value())->amount, usd("25.1")) << body;
  }
  for (const char* body :
       {"{}", "[]", R"({"amount_usd": null})", R"({"amount_usd": true})", R"({"amount_usd": -5})",
        R"({"amount_usd": 1e40})", R"({"amount_usd": 0.00000000001})", R"({"amount_usd": "x"})"}) {
    EXPECT_FALSE(top_up_body(parse_json(body).value())) << body;
  }
  const auto unknown = top_up_body(parse_json(R"({"amount_usd": 5, "x": 1})").value());
  EXPECT_EQ(unknown.error().param, "x");
}

TEST(TopUpBodies, TheWebAddressIsShownOnlyWhileItCanBePaid) {
  money::TopUp top_up = twenty();
  top_up.url = "https://checkout.example/1";
  top_up.state = money::TopUpState::open;
  EXPECT_EQ(string_or(top_up_json(top_up), "url"), top_up.url);
  for (const auto state : {money::TopUpState::paid, money::TopUpState::expired}) {
    top_up.state = state;
    EXPECT_TRUE(top_up_json(top_up).at("url").is_null());
  }
}

TEST(Receipts, ATopUpShowsTheWalletBeforeAndAfter) {
  money::TopUp top_up = twenty();
  EXPECT_EQ(receipt_of(top_up, {}).error().code, ErrorCode::resource_not_ready);
  top_up.state = money::TopUpState::paid;
  top_up.balance_after = usd("30");
  const std::string text = to_text(receipt_json(receipt_of(top_up, {}).value()));
  for (const char* part : {R"("amount_usd":20.5)", R"("wallet_before_usd":9.5)",
                           R"("wallet_after_usd":30)", R"("currency":"usd")"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
}

jobs::Job speech_job() {
  jobs::Job job;
  job.id = "j1";
  job.kind = "voices";
  job.title = "<b>\"A & B\"</b>";
  job.state = jobs::JobState::completed;
  job.charge = {.price_item = "speech.starfish",
                .held = usd("0.01"),
                .captured = usd("0.001334"),
                .released = usd("0.008666"),
                .quantity = 2000};
  return job;
}

TEST(Receipts, AJobIsQuantityTimesRate) {
  money::LedgerEntry entry;
  entry.amount = usd("-0.001334");
  entry.balance_after = usd("9.998666");
  const auto receipt = receipt_of(speech_job(), {}, entry).value();
  const std::string text = to_text(receipt_json(receipt));
  for (const char* part :
       {R"("quantity":2000)", R"("rate_usd":0.000667)", R"("rate_per":"second")",
        R"("amount_usd":0.001334)", R"("wallet_before_usd":10)", R"("price_version":1)",
        R"("released_usd":0.008666)", R"("quantity_text":"2 s")"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
  EXPECT_NE(receipt.formula.find("667000 x 2000 ms / 1000 ms"), std::string::npos);
}

TEST(Receipts, ThePageShowsTitlesAsText) {
  const std::string page = receipt_page(receipt_of(speech_job(), {}, std::nullopt).value());
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;&quot;A &amp; B&quot;"), std::string::npos);
}

TEST(Receipts, AFailedJobCostsNothingAndARunningOneHasNone) {
  jobs::Job job = speech_job();
  job.state = jobs::JobState::failed;
  job.failure_code = "engine_failed";
  job.charge.captured = Money{};
  const std::string text = to_text(receipt_json(receipt_of(job, {}, std::nullopt).value()));
  EXPECT_NE(text.find("nothing was charged"), std::string::npos);
  EXPECT_NE(text.find(R"("failure_code":"engine_failed")"), std::string::npos);
  job.state = jobs::JobState::running;
  EXPECT_EQ(receipt_of(job, {}, std::nullopt).error().code, ErrorCode::resource_not_ready);
}

}  // namespace
}  // namespace understudy::top_ups
