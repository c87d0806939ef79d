#include "api/quote.h"
#include "api/validation.h"

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

// How the amount comes about.
Result<json::object> price_json(const Quote& quote, const money::PriceBook& book) {
  if (quote.price_lines.empty()) {
    TRY_ASSIGN(const auto price, book.find(quote.price_item));
    return json::object{{"rate_usd", money::to_json(price.rate)},
                        {"unit", money::to_string(price.unit)},
                        {"formula", money::formula(price, {quote.quantity})}};
  }
  json::array lines;
  for (const auto& line : quote.price_lines) {
    TRY_ASSIGN(const auto amount, money::charge(book, line));
    lines.push_back(json::object{{"price_item", string_or_null(line.item)},
                                 {"quantity", line.quantity},
                                 {"amount_usd", money::to_json(amount)}});
  }
  return json::object{{"rate_usd", nullptr},
                      {"unit", "ms"},
                      {"lines", std::move(lines)},
                      {"formula", money::formula(book, quote.price_lines, "USD")}};
}

json::object quote_json(const Quote& quote, json::object price, const accounts::Wallet& wallet,
                        int version) {
  const money::Money available = wallet.available();
  const bool is_covered = quote.amount <= available;
  json::object answer{{"price_item", quote.price_item},
          {"price_version", version},
          {"quantity", quote.quantity},
          {"is_exact", quote.is_exact},
          {"amount_usd", money::to_json(quote.amount)}};
  for (auto& member : price) answer[member.key()] = std::move(member.value());
  answer["wallet"] =
      json::object{{"available_usd", money::to_json(available)},
                   {"is_covered", is_covered},
                   {"missing_usd",
                    money::to_json(is_covered ? money::Money{} : quote.amount - available)}};
  return answer;
}

}  // namespace

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
    TRY_ASSIGN(auto price, price_json(quoted, *book));
    TRY_ASSIGN(const auto wallet, accounts.wallet(request.principal.account_id));
    return data_response(quote_json(quoted, std::move(price), wallet, book->version()));
  };
  Route route;
  route.method = "POST";
  route.path = "/understudy/v1/quotes";
  route.handler = quote;
  route.scope = "account:read";
  return {route};
}

}  // namespace understudy::api
