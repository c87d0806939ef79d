#include "api/quote.h"
#include "api/validation.h"
#include "money/credit_prices.h"
#include "money/ledger.h"

namespace understudy::api {
namespace {

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

// The body against the contract's schema of POST `path`. Errors: invalid_parameter.
Result<void> check_body(std::string_view path, json::value& body) {
  for (const auto& operation : contract::operations()) {
    if (operation.method == "POST" && operation.path == path) {
      return validate(body, contract::node(operation.body_node));
    }
  }
  return {};
}

// How the amount comes about; amounts are named with the currency of the wallet that pays.
Result<json::object> price_json(const Quote& quote, const money::PriceBook& book,
                                std::string_view payer) {
  const auto named = [payer](std::string_view name) { return money::amount_name(name, payer); };
  const bool is_credits = money::is_credits_wallet(payer);
  if (quote.price_lines.empty()) {
    TRY_ASSIGN(const auto price, book.find(quote.price_item));
    return json::object{{named("rate"), money::to_json(price.rate)},
                        {"unit", money::to_string(price.unit)},
                        {"formula", is_credits ? money::credit_formula(price, {quote.quantity})
                                               : money::formula(price, {quote.quantity})}};
  }
  json::array lines;
  for (const auto& line : quote.price_lines) {
    TRY_ASSIGN(const auto amount, money::charge(book, line));
    lines.push_back(json::object{{"price_item", string_or_null(line.item)},
                                 {"quantity", line.quantity},
                                 {named("amount"), money::to_json(amount)}});
  }
  return json::object{
      {named("rate"), nullptr},
      {"unit", "ms"},
      {"lines", std::move(lines)},
      {"formula", money::formula(book, quote.price_lines, is_credits ? "credits" : "USD")}};
}

json::object quote_json(const Quote& quote, json::object price, std::string_view payer,
                        const accounts::Wallet& wallet, int version) {
  const auto named = [payer](std::string_view name) { return money::amount_name(name, payer); };
  const money::Money available = wallet.available();
  const bool is_covered = quote.amount <= available;
  json::object answer{{"price_item", quote.price_item},
                      {"price_version", version},
                      {"quantity", quote.quantity},
                      {"is_exact", quote.is_exact},
                      {named("amount"), money::to_json(quote.amount)}};
  for (auto& member : price) answer[member.key()] = std::move(member.value());
  answer["wallet"] = json::object{
      {named("available"), money::to_json(available)},
      {"is_covered", is_covered},
      {named("missing"), money::to_json(is_covered ? money::Money{} : quote.amount - available)}};
  return answer;
}

}  // namespace

Quote quote_of(const jobs::NewJob& job, std::int64_t quantity, bool is_exact) {
  return {.price_item = job.price_item,
          .price_lines = job.price_lines,
          .price_version = job.price_version,
          .quantity = quantity,
          .is_exact = is_exact,
          .amount = job.hold};
}

std::vector<Route> quote_routes(QuoteFunctions functions, accounts::AccountStore& accounts) {
  const auto quote = [functions = std::move(functions),
                      &accounts](const Request& request) -> Result<Response> {
    const auto* fields = request.json.if_object();
    const auto* path = fields != nullptr ? fields->if_contains("path") : nullptr;
    const auto* body = fields != nullptr ? fields->if_contains("body") : nullptr;
    if (path == nullptr || !path->is_string()) {
      return invalid("path", "'path' must name the operation to price, such as \"/v3/videos\".");
    }
    if (body == nullptr || !body->is_object())
      return invalid("body", "'body' must be the body to price.");
    for (const auto& field : *fields) {
      if (field.key() != "path" && field.key() != "body") {
        return invalid(std::string(field.key()),
                       "'" + std::string(field.key()) + "' is not a field of a quote.");
      }
    }
    const std::string name(path->get_string());
    const auto function = functions.find(name);
    if (function == functions.end()) {
      std::string known;
      for (const auto& [offered, ignored] : functions)
        known += (known.empty() ? "" : ", ") + offered;
      return invalid("path",
                     "'path' " + name + " has no price here; quotes are given for " + known + ".");
    }
    json::value priced = *body;
    TRY(check_body(name, priced));
    TRY_ASSIGN(const auto quoted, function->second(request.principal, priced.get_object()));
    TRY_ASSIGN(const auto* book, money::PriceBook::of_version(quoted.price_version));
    const std::string& payer = request.principal.payer();
    TRY_ASSIGN(auto price, price_json(quoted, *book, payer));
    TRY_ASSIGN(const auto wallet, accounts.wallet(payer));
    return data_response(quote_json(quoted, std::move(price), payer, wallet, book->version()));
  };
  Route route;
  route.method = "POST";
  route.path = "/understudy/v1/quotes";
  route.handler = quote;
  route.scope = "account:read";
  return {route};
}

}  // namespace understudy::api
