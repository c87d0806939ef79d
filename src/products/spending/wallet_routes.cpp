#include "api/body_fields.h"
#include "products/spending/spending_account.h"
#include "products/spending/spending_json.h"

namespace understudy::spending {
namespace {

using api::Request;
using api::Response;

Result<json::object> low_balance_json(const Ports& ports, const std::string& account_id) {
  json::object document;
  for (const std::string& wallet_id : {account_id, money::credits_wallet(account_id)}) {
    TRY_ASSIGN(const auto threshold, ports.ledger.low_balance(wallet_id));
    document[money::amount_name("threshold", wallet_id)] =
        threshold ? money::to_json(*threshold) : json::value(nullptr);
  }
  return document;
}

Result<Response> show_low_balance(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(auto document, low_balance_json(ports, account_id));
  return api::data_response(std::move(document));
}

// What the body names; null is: never.
Result<Response> set_low_balance(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"threshold_usd", "threshold_credits"}));
  if (body->empty()) {
    return api::invalid_field("threshold_usd",
                              "Give 'threshold_usd' or 'threshold_credits', or null for none.");
  }
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  for (const std::string& wallet_id : {account_id, money::credits_wallet(account_id)}) {
    const std::string name = money::amount_name("threshold", wallet_id);
    TRY_ASSIGN(const auto threshold, api::optional_usd(*body, name));
    if (threshold && *threshold < money::Money{}) {
      return api::invalid_field(name, "'" + name + "' must not be negative.");
    }
  }
  for (const std::string& wallet_id : {account_id, money::credits_wallet(account_id)}) {
    const std::string name = money::amount_name("threshold", wallet_id);
    if (!body->contains(name)) continue;
    TRY_ASSIGN(const auto threshold, api::optional_usd(*body, name));
    TRY(ports.ledger.set_low_balance(wallet_id, threshold));
  }
  return show_low_balance(ports, request);
}

Result<Response> show_wallet(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(const auto wallet, ports.accounts.wallet(account_id));
  TRY_ASSIGN(const auto lots, ports.ledger.lots(account_id));
  json::object document = wallet_json(wallet);
  document["account_id"] = account_id;
  document["lots"] = lots_json(lots);
  TRY_ASSIGN(document["low_balance"], low_balance_json(ports, account_id));
  return api::data_response(std::move(document));
}

json::object used_of(std::int64_t used, int limit) {
  return {{"used", used}, {"limit", limit > 0 ? json::value(limit) : json::value(nullptr)}};
}

Result<Response> show_limits(const Ports& ports, const Request& request) {
  const auto& caller = request.principal;
  TRY_ASSIGN(const auto live,
             ports.keys.live_jobs(caller.account_id, caller.key_id, caller.wallet_id));
  return api::data_response(
      json::object{{"concurrency",
                    json::object{{"account", used_of(live.of_account, caller.account_concurrency)},
                                 {"key", used_of(live.of_key, caller.concurrency)},
                                 {"waiting_max", caller.waiting_max}}},
                   {"requests_per_minute", caller.requests_per_minute > 0
                                               ? json::value(caller.requests_per_minute)
                                               : json::value(nullptr)}});
}

}  // namespace

std::vector<api::Route> wallet_routes(const Ports& ports) {
  constexpr const char* kLowBalance = "/understudy/v1/low-balance";
  return {api::port_route(ports, "GET", kLowBalance, "account:read", show_low_balance),
          api::port_route(ports, "PUT", kLowBalance, "account:write", set_low_balance),
          api::port_route(ports, "GET", "/understudy/v1/wallet", "account:read", show_wallet),
          api::port_route(ports, "GET", "/understudy/v1/limits", "", show_limits)};
}

}  // namespace understudy::spending
