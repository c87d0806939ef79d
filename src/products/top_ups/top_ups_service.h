// TopUpService: makes Checkout pages, hears what became of them, and asks where nothing is heard.
//
// A top-up is written down before Stripe is asked, with the very request; whoever finds it unopened
// later (a client's repeat, the poller) sends the same request under the same idempotency key and
// gets the same page. Money is credited by TopUpStore::apply only, for a verified event or for what
// Stripe's API answers when asked. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "money/credit_sale.h"
#include "money/top_up_store.h"
#include "products/top_ups/stripe_client.h"

namespace understudy::top_ups {

struct Settings {
  std::string api_key;  // empty: top-ups by card are not offered
  std::vector<std::string> webhook_secrets;
  std::string base_url = "https://api.stripe.com";
  std::string success_url;  // empty: a page of this server
  std::string cancel_url;
  money::TopUpLimits limits;
  money::CreditTariff credit_tariff;
  std::int64_t poll_after_ms = 60'000;  // how long an event is waited for before Stripe is asked
};

struct CheckoutWish {
  std::string account_id;
  std::string key_id;
  money::Money amount;
  std::int64_t credits = 0;  // that it buys
  bool saves_payment_method = true;
  std::string base_url;     // as the client reached this server
  std::string request_key;  // of the client's Idempotency-Key, or empty
};

class TopUpService {
 public:
  // All borrowed.
  TopUpService(money::TopUpStore& store, const net::HttpClient& http, Settings settings,
               const Clock& clock);

  bool is_configured() const;
  Result<void> check_configured() const;  // Errors: not_implemented, saying what to set

  // Errors: not_implemented, invalid_parameter (amount_usd), service_unavailable (Stripe).
  Result<money::TopUp> create(const CheckoutWish& wish);

  // The whole of a webhook: signature, event, effect. Errors: not_implemented, invalid_parameter.
  Result<money::Applied> receive(std::string_view signature, std::string_view body);

  // Asks Stripe to make it, or what became of it. For the poller.
  Result<void> look_after(const money::TopUp& top_up);

  // Sends the request of a top-up that is not open yet, and writes down the answer.
  // Errors: service_unavailable.
  Result<void> open(const money::TopUp& top_up);

  void stop() { stripe_.stop(); }  // no further calls of Stripe

  money::TopUpStore& store() { return store_; }
  const StripeClient& stripe() const { return stripe_; }
  const Settings& settings() const { return settings_; }
  const Clock& clock() const { return clock_; }

 private:
  Result<void> open_checkout(const money::TopUp& top_up);
  Result<void> open_reload(const money::TopUp& top_up);
  Result<void> end_as_failed(const money::TopUp& top_up, std::string code, std::string message);
  Result<money::Applied> credit_or_note(const money::PaymentFacts& facts);

  money::TopUpStore& store_;
  Settings settings_;
  StripeClient stripe_;
  const Clock& clock_;
};

}  // namespace understudy::top_ups
