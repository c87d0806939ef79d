// Add-on credits for dollars: out of the wallet at once, or by card on a Checkout page.
#include "accounts/plan.h"
#include "api/body_fields.h"
#include "base/bytes.h"
#include "base/id.h"
#include "money/ledger.h"
#include "products/top_ups/top_ups_json.h"
#include "products/top_ups/top_ups_routes.h"

namespace understudy::top_ups {
namespace {

using api::Request;
using api::Response;

Result<Response> show_credits(const Ports& ports, const Request& request) {
  const std::string wallet_id = money::credits_wallet(request.principal.account_id);
  TRY_ASSIGN(const auto wallet, ports.accounts.wallet(wallet_id));
  json::array tiers;
  for (const auto& tier : ports.top_ups.settings().credit_tariff.tiers()) {
    tiers.push_back(json::object{{"from_credits", tier.from_credits},
                                 {"price_usd", money::to_json(tier.price)}});
  }
  return api::data_response(json::object{{"available_credits", money::to_json(wallet.available())},
                                         {"held_credits", money::to_json(wallet.held)},
                                         {"prices", std::move(tiers)}});
}

Result<Response> pay_by_card(const Ports& ports, const Request& request, std::int64_t credits,
                             money::Money price) {
  CheckoutWish wish = checkout_wish(request);
  wish.amount = price;
  wish.credits = credits;
  TRY_ASSIGN(const auto top_up, ports.top_ups.create(wish));
  return api::data_response(top_up_json(top_up), 201);
}

Result<Response> buy_credits(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"credits", "pay_with"}));
  TRY_ASSIGN(const auto credits, api::optional_whole(*body, "credits", 1, money::kCreditsMax));
  if (!credits) return api::invalid_field("credits", "'credits' is required.");
  TRY_ASSIGN(const auto pay_with, api::optional_text(*body, "pay_with"));
  const std::string means = pay_with.value_or("wallet");
  TRY_ASSIGN(const auto price, ports.top_ups.settings().credit_tariff.cost(*credits));
  if (means == "card") return pay_by_card(ports, request, *credits, price);
  if (means != "wallet")
    return api::invalid_field("pay_with", "'pay_with' must be wallet or card.");
  const auto& principal = request.principal;
  const std::string key = request_key(request);
  const std::int64_t now_ms = ports.top_ups.clock().now_ms();
  TRY_ASSIGN(const auto entry, ports.top_ups.store().buy_credits(
                                   {.account_id = principal.account_id,
                                    .credits = *credits,
                                    .price = price,
                                    .reference = key.empty() ? new_id(now_ms) : key,
                                    .actor = principal.key_id.empty() ? "owner" : principal.key_id},
                                   now_ms));
  return api::data_response(
      json::object{{"credits", *credits},
                   {"price_usd", money::to_json(price)},
                   {"balance_after_credits", money::to_json(entry.balance_after)},
                   {"transaction_id", entry.txn_id},
                   {"created_at", entry.created_at_ms / 1000}},
      201);
}

}  // namespace

std::vector<api::Route> credit_routes(const Ports& ports) {
  constexpr const char* kPath = "/understudy/v1/credits";
  return {api::port_route(ports, "GET", kPath, "account:read", show_credits),
          api::port_route(ports, "POST", kPath, "account:write", buy_credits)};
}

}  // namespace understudy::top_ups
