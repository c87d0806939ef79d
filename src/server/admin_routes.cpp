#include "server/admin_routes.h"

#include "api/body_fields.h"
#include "base/id.h"
#include "products/spending/spending_json.h"

namespace understudy::server {
namespace {

using api::Request;
using api::Response;

using Context = spending::Ports;

Result<accounts::Account> account_of(const Context& context, const Request& request) {
  return accounts::find_account_or_owner(context.accounts, request.path_param("account_id"));
}

json::object account_json(const accounts::Account& account) {
  return {{"id", account.id},
          {"name", account.name},
          {"email", string_or_null(account.email)},
          {"created_at", account.created_at_ms / 1000}};
}

Result<Response> create_account(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"name", "email"}));
  accounts::Account account;
  TRY_ASSIGN(account.name, api::required_text(*body, "name"));
  TRY_ASSIGN(const auto email, api::optional_text(*body, "email"));
  account.email = email.value_or("");
  account.created_at_ms = context.clock.now_ms();
  account.id = new_id(account.created_at_ms);
  TRY(context.accounts.create_account(account));
  return api::data_response(account_json(account), 201);
}

Result<Response> list_accounts(const Context& context, const Request&) {
  TRY_ASSIGN(const auto all, context.accounts.list_accounts());
  json::array list;
  for (const auto& account : all) list.push_back(account_json(account));
  return api::data_response(std::move(list));
}

Result<Response> create_key(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  return spending::create_key(context, account.id, request, true);
}

Result<Response> list_keys(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  TRY_ASSIGN(const auto keys, context.accounts.list_keys(account.id));
  json::array list;
  for (const auto& key : keys) list.push_back(spending::key_json(key, context.clock.now_ms()));
  return api::data_response(std::move(list));
}

std::string actor_of(const Request& request) {
  return request.principal.key_id.empty() ? "owner" : request.principal.key_id;
}

// Errors: invalid_parameter unless the body has an amount above 0.
Result<money::Money> amount_above_0(const json::object& body, std::string_view name) {
  TRY_ASSIGN(const auto amount, api::required_usd(body, name));
  if (amount > money::Money{}) return amount;
  return api::invalid_field(name, "'" + std::string(name) + "' must be an amount above 0.");
}

// What a movement did, and the wallet after it.
Result<Response> moved(const Context& context, const money::LedgerEntry& entry,
                       const std::string& wallet_id, std::string_view amount_name) {
  TRY_ASSIGN(const auto wallet, context.accounts.wallet(wallet_id));
  json::object answer = spending::wallet_json(wallet);
  answer[amount_name] = money::to_json(entry.amount);
  answer["reference"] = entry.reference;
  answer["transaction_id"] = entry.txn_id;
  return api::data_response(std::move(answer), 201);
}

Result<Response> top_up(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"usd", "reference", "note"}));
  money::Funding funding;
  TRY_ASSIGN(funding.amount, amount_above_0(*body, "usd"));
  TRY_ASSIGN(const auto reference, api::optional_text(*body, "reference"));
  funding.reference =
      reference && !reference->empty() ? *reference : new_id(context.clock.now_ms(), "manual_");
  TRY_ASSIGN(const auto note, api::optional_text(*body, "note"));
  funding.note = note.value_or("");
  funding.actor = actor_of(request);
  TRY_ASSIGN(const auto account, account_of(context, request));
  funding.account_id = account.id;
  TRY_ASSIGN(const auto entry, context.ledger.fund(funding, context.clock.now_ms()));
  return moved(context, entry, account.id, "added_usd");
}

Result<Response> adjust(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"usd", "reason", "reference"}));
  money::Funding funding;
  TRY_ASSIGN(funding.amount, api::required_usd(*body, "usd"));
  if (funding.amount == money::Money{}) {
    return api::invalid_field("usd", "'usd' must not be 0; below 0 takes credit away.");
  }
  funding.source = std::string(money::kAdjustment);
  TRY_ASSIGN(funding.note, api::required_text(*body, "reason", 500));
  TRY_ASSIGN(funding.reference, api::required_text(*body, "reference"));
  funding.actor = actor_of(request);
  TRY_ASSIGN(const auto account, account_of(context, request));
  funding.account_id = account.id;
  TRY_ASSIGN(const auto entry, context.ledger.fund(funding, context.clock.now_ms()));
  return moved(context, entry, account.id, "adjusted_usd");
}

Result<Response> grant(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body,
             api::closed_body(request, {"usd", "priority", "expires_at", "reference", "note"}));
  const std::int64_t now_ms = context.clock.now_ms();
  money::Funding funding;
  TRY_ASSIGN(funding.amount, amount_above_0(*body, "usd"));
  funding.source = std::string(money::kPromo);
  money::LotTerms terms{.source = money::LotSource::promo, .priority = 40};
  TRY_ASSIGN(const auto priority, api::optional_whole(*body, "priority", 1, 100));
  if (priority) terms.priority = static_cast<int>(*priority);
  TRY_ASSIGN(const auto expires_at_ms, api::optional_future(*body, "expires_at", now_ms));
  terms.expires_at_ms = expires_at_ms.value_or(money::kNever);
  funding.terms = terms;
  TRY_ASSIGN(funding.reference, api::required_text(*body, "reference"));
  TRY_ASSIGN(funding.note, api::required_text(*body, "note", 500));
  funding.actor = actor_of(request);
  TRY_ASSIGN(const auto account, account_of(context, request));
  funding.account_id = account.id;
  TRY_ASSIGN(const auto entry, context.ledger.fund(funding, now_ms));
  return moved(context, entry, account.id, "granted_usd");
}

Result<Response> list_lots(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  TRY_ASSIGN(const auto lots, context.ledger.lots(account.id));
  return api::data_response(spending::lots_json(lots));
}

Result<Response> refund(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body,
             api::closed_body(request, {"job_id", "amount_usd", "reason", "reference"}));
  money::Refund wanted;
  TRY_ASSIGN(wanted.job_id, api::required_text(*body, "job_id"));
  TRY_ASSIGN(wanted.amount, api::optional_usd(*body, "amount_usd"));
  if (wanted.amount && *wanted.amount <= money::Money{}) {
    return api::invalid_field("amount_usd",
                              "'amount_usd' must be above 0; without it all that is "
                              "left of the charge is given back.");
  }
  TRY_ASSIGN(wanted.reason, api::required_text(*body, "reason", 500));
  TRY_ASSIGN(const auto reference, api::optional_text(*body, "reference"));
  wanted.reference = reference.value_or("");
  wanted.actor = actor_of(request);
  TRY_ASSIGN(const auto entry, context.ledger.refund(wanted, context.clock.now_ms()));
  return api::data_response(json::object{{"job_id", wanted.job_id},
                                         {"wallet_id", entry.account_id},
                                         {"refunded_usd", money::to_json(entry.amount)},
                                         {"balance_after_usd", money::to_json(entry.balance_after)},
                                         {"reason", entry.note},
                                         {"reference", entry.reference},
                                         {"transaction_id", entry.txn_id},
                                         {"created_at", entry.created_at_ms / 1000}},
                            201);
}

Result<Response> show_wallet(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  TRY_ASSIGN(const auto wallet, context.accounts.wallet(account.id));
  json::object answer = spending::wallet_json(wallet);
  answer["account_id"] = account.id;
  answer["name"] = account.name;
  return api::data_response(std::move(answer));
}

}  // namespace

spending::Ports spending_ports(Installation& installation, const Clock& clock) {
  return {.accounts = installation.accounts(),
          .keys = installation.keys(),
          .projects = installation.projects(),
          .budgets = installation.budgets(),
          .ledger = installation.ledger(),
          .clock = clock};
}

std::vector<api::Route> admin_routes(const spending::Ports& ports) {
  const auto route = [&](const char* method, const char* path,
                         Result<Response> (*handler)(const Context&, const Request&)) {
    return api::port_route(ports, method, path, "operator", handler);
  };
  return {
      route("POST", "/understudy/v1/accounts", create_account),
      route("GET", "/understudy/v1/accounts", list_accounts),
      route("POST", "/understudy/v1/accounts/{account_id}/keys", create_key),
      route("GET", "/understudy/v1/accounts/{account_id}/keys", list_keys),
      route("POST", "/understudy/v1/accounts/{account_id}/top-ups", top_up),
      route("GET", "/understudy/v1/accounts/{account_id}/wallet", show_wallet),
      route("POST", "/understudy/v1/accounts/{account_id}/adjustments", adjust),
      route("POST", "/understudy/v1/accounts/{account_id}/grants", grant),
      route("GET", "/understudy/v1/accounts/{account_id}/lots", list_lots),
      route("POST", "/understudy/v1/refunds", refund),
  };
}

}  // namespace understudy::server
