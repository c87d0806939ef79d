#include "server/admin_routes.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"

namespace understudy::server {
namespace {

using api::Request;
using api::Response;

struct Context {
  accounts::AccountStore& accounts;
  money::LedgerStore& ledger;
  const Clock& clock;
};

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

// Errors: invalid_parameter when there is no object, or it has members beside `known`.
Result<const json::object*> body_of(const Request& request,
                                    std::initializer_list<std::string_view> known) {
  const auto* body = request.json.if_object();
  if (body == nullptr) return invalid("", "The body must be a JSON object.");
  for (const auto& member : *body) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) {
      return invalid(std::string(member.key()),
                     "'" + std::string(member.key()) + "' is not a field of this call.");
    }
  }
  return body;
}

Result<std::string> text_field(const json::object& body, std::string_view name, bool is_required) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) {
    if (is_required) return invalid(std::string(name), "'" + std::string(name) + "' is required.");
    return std::string();
  }
  if (!value->is_string() || value->get_string().size() > 200) {
    return invalid(std::string(name),
                   "'" + std::string(name) + "' must be a text of at most 200 characters.");
  }
  const auto text = string_or(body, name);
  if (is_required && trimmed(text).empty()) {
    return invalid(std::string(name), "'" + std::string(name) + "' must not be empty.");
  }
  return text;
}

Result<accounts::Account> account_of(const Context& context, const Request& request) {
  const std::string& id = request.path_param("account_id");
  if (id != kOwner) return context.accounts.find_account(id);
  TRY_ASSIGN(auto all, context.accounts.list_accounts());
  if (all.empty()) return fail(ErrorCode::not_found, "There is no account yet.", "account_id");
  return *std::min_element(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.id < b.id; });
}

json::object account_json(const accounts::Account& account) {
  return {{"id", account.id},
          {"name", account.name},
          {"email", string_or_null(account.email)},
          {"created_at", account.created_at_ms / 1000}};
}

json::value time_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return time_ms / 1000;
}

json::object key_json(const accounts::ApiKey& key) {
  json::array scopes;
  for (const auto& scope : key.scopes) scopes.emplace_back(scope);
  return {{"id", key.id},
          {"account_id", key.account_id},
          {"label", string_or_null(key.label)},
          {"hint", key.hint},
          {"scopes", std::move(scopes)},
          {"is_operator", key.is_operator},
          {"created_at", key.created_at_ms / 1000},
          {"expires_at", time_or_null(key.expires_at_ms)},
          {"revoked_at", time_or_null(key.revoked_at_ms)}};
}

json::object wallet_json(const accounts::Wallet& wallet) {
  return {{"currency", "usd"},
          {"posted_usd", money::to_json(wallet.posted)},
          {"held_usd", money::to_json(wallet.held)},
          {"available_usd", money::to_json(wallet.available())}};
}

Result<Response> create_account(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, body_of(request, {"name", "email"}));
  accounts::Account account;
  TRY_ASSIGN(account.name, text_field(*body, "name", true));
  TRY_ASSIGN(account.email, text_field(*body, "email", false));
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

Result<std::vector<std::string>> scopes_field(const json::object& body) {
  std::vector<std::string> scopes;
  const auto* value = body.if_contains("scopes");
  if (value == nullptr || value->is_null()) return scopes;
  if (!value->is_array())
    return invalid("scopes", "'scopes' must be a list such as [\"videos:write\"].");
  for (const auto& entry : value->get_array()) {
    const std::string scope = entry.is_string() ? std::string(entry.get_string()) : std::string();
    if (!accounts::is_scope(scope)) {
      return invalid("scopes", "'scopes' must hold texts such as videos:read and videos:write.");
    }
    scopes.push_back(scope);
  }
  return scopes;
}

Result<Response> create_key(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, body_of(request, {"label", "scopes", "expires_at", "is_operator"}));
  TRY_ASSIGN(const auto account, account_of(context, request));
  const std::string text = accounts::new_key_text();
  accounts::ApiKey key;
  TRY_ASSIGN(key.label, text_field(*body, "label", false));
  TRY_ASSIGN(key.scopes, scopes_field(*body));
  key.is_operator = bool_or(*body, "is_operator", false);
  key.created_at_ms = context.clock.now_ms();
  key.expires_at_ms = int_or(*body, "expires_at", 0) * 1000;
  key.id = new_id(key.created_at_ms);
  key.account_id = account.id;
  key.hint = accounts::key_hint(text);
  TRY(context.accounts.create_key(key, accounts::key_hash(text)));
  json::object answer = key_json(key);
  answer["key"] = text;  // the only time it is shown
  return api::data_response(std::move(answer), 201);
}

Result<Response> list_keys(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  TRY_ASSIGN(const auto keys, context.accounts.list_keys(account.id));
  json::array list;
  for (const auto& key : keys) list.push_back(key_json(key));
  return api::data_response(std::move(list));
}

Result<Response> revoke_key(const Context& context, const Request& request) {
  const std::string& id = request.path_param("key_id");
  TRY(context.accounts.revoke_key(id, context.clock.now_ms()));
  return api::data_response(json::object{{"id", id}, {"revoked", true}});
}

Result<Response> top_up(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, body_of(request, {"usd", "reference", "note"}));
  TRY_ASSIGN(const auto account, account_of(context, request));
  money::Funding funding;
  const auto amount = money::parse_usd(string_or(*body, "usd"));
  if (!amount || amount->nano_usd <= 0) {
    return invalid("usd", "'usd' must be an amount above 0 as text, such as \"10\" or \"2.50\".");
  }
  funding.account_id = account.id;
  funding.amount = *amount;
  TRY_ASSIGN(funding.reference, text_field(*body, "reference", false));
  if (funding.reference.empty()) funding.reference = new_id(context.clock.now_ms(), "manual_");
  TRY_ASSIGN(funding.note, text_field(*body, "note", false));
  funding.actor = request.principal.key_id.empty() ? "owner" : request.principal.key_id;
  TRY_ASSIGN(const auto entry, context.ledger.fund(funding, context.clock.now_ms()));
  TRY_ASSIGN(const auto wallet, context.accounts.wallet(account.id));
  json::object answer = wallet_json(wallet);
  answer["added_usd"] = money::to_json(entry.amount);
  answer["reference"] = funding.reference;
  return api::data_response(std::move(answer), 201);
}

Result<Response> show_wallet(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(context, request));
  TRY_ASSIGN(const auto wallet, context.accounts.wallet(account.id));
  json::object answer = wallet_json(wallet);
  answer["account_id"] = account.id;
  answer["name"] = account.name;
  return api::data_response(std::move(answer));
}

Result<Response> verify(const Context& context, const Request&) {
  TRY_ASSIGN(const auto report, context.ledger.verify());
  json::array checks;
  for (const auto& check : report.checks) {
    json::array broken;
    for (const auto& sentence : check.broken) broken.emplace_back(sentence);
    checks.push_back(json::object{{"name", check.name},
                                  {"rule", check.rule},
                                  {"looked_at", check.looked_at},
                                  {"broken", std::move(broken)}});
  }
  return api::data_response(json::object{
      {"is_ok", report.is_ok()}, {"text", money::to_text(report)}, {"checks", std::move(checks)}});
}

}  // namespace

std::vector<api::Route> admin_routes(accounts::AccountStore& accounts, money::LedgerStore& ledger,
                                     const Clock& clock) {
  const Context context{accounts, ledger, clock};
  const auto route = [&](const char* method, const char* path,
                         Result<Response> (*handler)(const Context&, const Request&)) {
    api::Route made;
    made.method = method;
    made.path = path;
    made.handler = [context, handler](const Request& request) { return handler(context, request); };
    made.scope = "operator";
    return made;
  };
  return {
      route("POST", "/understudy/v1/accounts", create_account),
      route("GET", "/understudy/v1/accounts", list_accounts),
      route("POST", "/understudy/v1/accounts/{account_id}/keys", create_key),
      route("GET", "/understudy/v1/accounts/{account_id}/keys", list_keys),
      route("POST", "/understudy/v1/accounts/{account_id}/top-ups", top_up),
      route("GET", "/understudy/v1/accounts/{account_id}/wallet", show_wallet),
      route("POST", "/understudy/v1/keys/{key_id}/revoke", revoke_key),
      route("POST", "/understudy/v1/verify", verify),
  };
}

}  // namespace understudy::server
