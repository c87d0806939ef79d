// Quotes: what a create body would cost, without side effects. A product offers one function per
// path it sells; POST /understudy/v1/quotes finds it by that path.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "accounts/account.h"
#include "accounts/account_store.h"
#include "api/http.h"
#include "jobs/job.h"
#include "money/price_book.h"
#include "money/price_lines.h"

namespace understudy::api {

struct Quote {
  std::string price_item;
  std::vector<money::PriceLine> price_lines = {};  // of a job in parts
  int price_version = 1;
  std::int64_t quantity = 0;  // milliseconds or a count
  bool is_exact = false;      // else an upper estimate
  money::Money amount;        // what a submit would hold
};

using QuoteFunction = std::function<Result<Quote>(const accounts::Principal&, const json::object&)>;
using QuoteFunctions = std::map<std::string, QuoteFunction, std::less<>>;  // by path: "/v3/videos"

// Of a job that was planned and is not submitted.
Quote quote_of(const jobs::NewJob& job, std::int64_t quantity, bool is_exact);

// Of a service with quote(principal, body), which outlives them.
template <class Service>
QuoteFunctions quotes_of(Service& service, std::string path) {
  return {
      {std::move(path), [&service](const accounts::Principal& principal, const json::object& body) {
         return service.quote(principal, body);
       }}};
}

// POST /understudy/v1/quotes {"path": "/v3/videos", "body": {...}}.
std::vector<Route> quote_routes(QuoteFunctions functions, accounts::AccountStore& accounts);

}  // namespace understudy::api
