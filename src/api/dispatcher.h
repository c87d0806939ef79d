// Dispatcher: everything between a parsed HTTP request and a handler, in the order of refusals:
// route (404, 405), key (401), scope (403), operation not built (501), Idempotency-Key, parameters
// and body (400), then the handler (404, 429, 402, ...). It knows no sockets; the server drives it.
//
// Operations of openapi.json get scopes, parameters and body schema from there. Built once, then
// used by any thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/contract.h"
#include "api/http.h"
#include "api/rate_limiter.h"
#include "api/router.h"
#include "base/clock.h"
#include "jobs/idempotency_store.h"

namespace understudy::api {

// The principal behind a key's text; empty when unknown, revoked or expired. Called once per
// request on the thread that runs the handler.
using Authenticate =
    std::function<Result<std::optional<accounts::Principal>>(std::string_view key_text)>;

struct Endpoint {
  Route route;                                     // without a handler: in the contract, not built
  const contract::Operation* operation = nullptr;  // null: outside of openapi.json
  std::vector<std::string> scopes;
  bool takes_bearer = true;
};

class Dispatcher {
 public:
  struct Config {
    std::vector<Route> routes = {};
    Authenticate authenticate = {};
    Authenticate authenticate_bearer = {};  // of "Authorization: Bearer ..."; empty: none is taken
    jobs::IdempotencyStore* idempotency =
        nullptr;  // may be null only where no route takes the header
    const Clock* clock = nullptr;
    // Who acts when a request without a key comes over the administration socket.
    std::optional<accounts::Principal> local_principal = {};
    // How many of an account's jobs may wait beyond its limit, with X-Understudy-Queue: wait, or
    // for every request.
    int waiting_max = 0;
    bool waits_always = false;
    int requests_per_minute = 0;         // of one key or token without its own rate; 0: no limit
    int unauthenticated_per_minute = 0;  // of one address, without a key that is known
    bool allow_http_urls = false;  // lifts the https-only pattern of callback and endpoint URLs
  };

  explicit Dispatcher(Config config);

  struct Found {
    const Endpoint* endpoint = nullptr;
    PathParams params;
  };
  // `path` as in the request line, without the query. Errors: not_found, method_not_allowed,
  // invalid_parameter.
  Result<Found> find(std::string_view method, std::string_view path) const;

  // Fills request.principal. Errors: unauthorized, insufficient_api_key_scope, forbidden,
  // not_implemented.
  // Also rate_limit_exceeded.
  Result<void> admit(Request& request, const Endpoint& endpoint) const;

  // admit() (unless `is_admitted`), then the rest; never fails and never throws.
  Response answer(Request& request, const Endpoint& endpoint, bool is_admitted = false) const;

  // An Error as this request is told of it; logs its detail.
  Response refuse(const Request& request, const Error& error) const;

 private:
  Result<void> admit_caller(Request& request, const Endpoint& endpoint) const;
  Result<accounts::Principal> identify(const Request& request, const Endpoint& endpoint) const;
  Result<Response> run(Request& request, const Endpoint& endpoint, bool is_admitted) const;
  Result<void> check(Request& request, const Endpoint& endpoint) const;
  Result<Response> run_once(Request& request, const Endpoint& endpoint, std::string_view key) const;

  Config config_;
  // In their own memory, because a Dispatcher is otherwise not changed by a request.
  std::unique_ptr<RateLimiter> requests_;
  std::unique_ptr<RateLimiter> strangers_;
  std::deque<Endpoint> endpoints_;
  Router router_;
};

}  // namespace understudy::api
