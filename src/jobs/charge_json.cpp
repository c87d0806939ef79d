#include "jobs/charge_json.h"

#include "money/credit_prices.h"

namespace understudy::jobs {

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
  const auto own_book = money::PriceBook::of_version(charge.price_version);
  const auto price = (own_book ? **own_book : book).find(charge.price_item);
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
