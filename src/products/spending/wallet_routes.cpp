#include "products/spending/spending_account.h"
#include "products/spending/spending_json.h"

namespace understudy::spending {
namespace {

using api::Request;
using api::Response;

Result<Response> show_wallet(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(const auto wallet, ports.accounts.wallet(account_id));
  TRY_ASSIGN(const auto lots, ports.ledger.lots(account_id));
  json::object document = wallet_json(wallet);
  document["account_id"] = account_id;
  document["lots"] = lots_json(lots);
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
                                 {"waiting_max", caller.waiting_max}}}});
}

}  // namespace

std::vector<api::Route> wallet_routes(const Ports& ports) {
  return {api::port_route(ports, "GET", "/understudy/v1/wallet", "account:read", show_wallet),
          api::port_route(ports, "GET", "/understudy/v1/limits", "", show_limits)};
}

}  // namespace understudy::spending
