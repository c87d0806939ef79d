// Top-ups, auto-reload, receipts and Stripe's webhook over HTTP: see README.md in this folder.
#pragma once

#include <vector>

#include "accounts/account_store.h"
#include "api/http.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/top_ups/auto_reload_service.h"

namespace understudy::top_ups {

// Borrowed; they outlive the routes.
struct Ports {
  TopUpService& top_ups;
  AutoReloadService& reloads;
  accounts::AccountStore& accounts;
  jobs::JobStore& jobs;
  const money::PriceBook& prices;
};

std::vector<api::Route> routes(const Ports& ports);
std::vector<api::Route> credit_routes(const Ports& ports);  // among routes()

// Of the request's Idempotency-Key; empty: there is none.
std::string request_key(const api::Request& request);
// Who asks, and from where; without the amount.
CheckoutWish checkout_wish(const api::Request& request);

}  // namespace understudy::top_ups
