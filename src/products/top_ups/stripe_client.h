// StripeClient: the few calls of Stripe's HTTP API that top-ups need. The version of the API is
// pinned; every POST carries an Idempotency-Key, so that a repeat is the same payment. The key is
// sent in the Authorization header only and appears in no message. Any thread; blocks.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "net/http_client.h"

namespace understudy::top_ups {

inline constexpr std::string_view kStripeVersion = "2024-06-20";

struct StripeError {
  enum class Kind {
    transient,  // not reached, busy, its own failure: the same request may be repeated
    declined,   // the card or the bank said no
    refused,    // the request cannot be done like this
    forbidden,  // our API key
  };
  Kind kind = Kind::transient;
  std::string code = {};        // "card_declined", "resource_missing"
  std::string param = {};       // "customer"
  std::string message = {};     // for the customer when declined, else for the log
  std::string payment_id = {};  // of the PaymentIntent that was declined
  std::string request_id = {};  // Stripe's, for its support
};
// What an answer that is no success says; its texts are short and printable.
StripeError stripe_error(const net::HttpResponse& answer);
std::string to_text(const StripeError& error);  // for the log; never with a secret

class StripeClient {
 public:
  struct Config {
    std::string base_url;  // "https://api.stripe.com"
    std::string api_key;   // "sk_...", "rk_..."
  };
  using Answer = tl::expected<json::object, StripeError>;

  // `http` outlives it.
  StripeClient(const net::HttpClient& http, Config config);

  // `path`: "/v1/checkout/sessions". `form`: as stripe_requests.h makes them.
  Answer post(std::string_view path, std::string_view form, std::string_view idempotency_key) const;
  Answer get(std::string_view path) const;

  bool is_live() const;  // the key moves real money

  // Ends what is under way and refuses the rest: the server stops.
  void stop() { stopping_.request_stop(); }

 private:
  Answer call(net::HttpRequest request) const;
  Answer call_once(const net::HttpRequest& request) const;

  const net::HttpClient& http_;
  Config config_;
  std::stop_source stopping_;
};

}  // namespace understudy::top_ups
