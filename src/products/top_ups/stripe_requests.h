// The bodies of our requests to Stripe: form encoding with nested brackets, as its API takes them
// (docs.stripe.com/api). Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "money/top_up.h"

namespace understudy::top_ups {

using Form = std::vector<std::pair<std::string, std::string>>;

// application/x-www-form-urlencoded; brackets of names stay readable, as in Stripe's own libraries.
std::string encode_form(const Form& form);

struct CheckoutWishes {
  std::string success_url;
  std::string cancel_url;
  bool saves_payment_method = true;  // for auto-reload
};
// POST /v1/checkout/sessions. With top_up.customer_id the customer sees what was saved before.
std::string checkout_request(const money::TopUp& top_up, const CheckoutWishes& wishes);

// POST /v1/payment_intents: the customer is not there, the saved card pays.
std::string reload_request(const money::TopUp& top_up);

// The same Checkout for a customer whom Stripe does not know (any more): it makes a new one.
std::string without_customer(std::string_view checkout_request);

}  // namespace understudy::top_ups
