#include "jobs/charge_json.h"

#include "money/credit_prices.h"

namespace understudy::jobs {
namespace {

// The charge of a job in parts: a line for each.
json::object add_lines(json::object object, const Job& job, const money::PriceBook& book,
                       const std::string& unit) {
  const Charge& charge = job.charge;
  json::array lines;
  for (const auto& line : charge.price_lines) {
    const auto price = book.find(line.item);
    const auto amount = money::charge(book, line);
    json::object shown{{"price_item", string_or_null(line.item)},
                       {"rate_" + unit, price ? money::to_json(price->rate) : json::value(nullptr)},
                       {"quantity", nullptr},
                       {"amount_" + unit, nullptr}};
    if (charge.quantity > 0) {
      shown["quantity"] = line.quantity;
      shown["amount_" + unit] = money::to_json(amount.value_or(money::Money{}));
    }
    lines.push_back(std::move(shown));
  }
  object["lines"] = std::move(lines);
  if (charge.quantity <= 0) return object;
  object["quantity"] = charge.quantity;
  object["unit"] = "ms";
  const bool is_credits = unit == "credits";
  std::string formula = money::formula(book, charge.price_lines, is_credits ? "credits" : "USD");
  const auto exact = money::charge(book, charge.price_lines);
  if (exact && job.is_test) object["computed_" + unit] = money::to_json(*exact);
  if (exact && !job.is_test && *exact > charge.held) {
    formula += ", at most the hold of " + money::to_text(charge.held) + (is_credits ? " credits" : " USD");
  }
  object["formula"] = std::move(formula);
  return object;
}

}  // namespace

json::object charge_json(const Job& job, const money::PriceBook& dollars) {
  const Charge& charge = job.charge;
  const bool is_credits = money::is_credit_version(charge.price_version);
  const money::PriceBook& book = is_credits ? money::credit_prices_version_1() : dollars;
  const std::string unit = is_credits ? "credits" : "usd";
  json::object object{{"held_" + unit, money::to_json(charge.held)},
                      {"captured_" + unit, money::to_json(charge.captured)},
                      {"released_" + unit, money::to_json(charge.released)},
                      {"refunded_" + unit, money::to_json(charge.refunded)},
                      {"is_test", job.is_test},
                      {"price_item", string_or_null(charge.price_item)},
                      {"price_version", charge.price_version},
                      {"rate_" + unit, nullptr},
                      {"quantity", nullptr},
                      {"unit", nullptr},
                      {"formula", nullptr}};
  if (job.is_test) object["computed_usd"] = nullptr;
  const auto found_book = money::PriceBook::of_version(charge.price_version);
  const money::PriceBook& own_book = found_book ? **found_book : book;
  if (!charge.price_lines.empty()) return add_lines(std::move(object), job, own_book, unit);
  const auto price = own_book.find(charge.price_item);
  if (!price) return object;
  object["rate_" + unit] = money::to_json(price->rate);
  if (charge.quantity <= 0) return object;
  object["quantity"] = charge.quantity;
  object["unit"] = price->per_ms() > 0 ? "ms" : to_string(price->unit);
  std::string formula = is_credits ? money::credit_formula(*price, {charge.quantity})
                                   : money::formula(*price, {charge.quantity});
  const money::Money exact = money::charge(*price, {charge.quantity});
  if (job.is_test) object["computed_" + unit] = money::to_json(exact);
  const bool is_capped = !job.is_test && exact > charge.held;
  if (is_capped) {
    formula +=
        ", at most the hold of " + money::to_text(charge.held) + (is_credits ? " credits" : " USD");
  }
  object["formula"] = formula;
  return object;
}

}  // namespace understudy::jobs
