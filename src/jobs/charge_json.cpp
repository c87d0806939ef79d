#include "jobs/charge_json.h"

namespace understudy::jobs {

json::object charge_json(const Job& job, const money::PriceBook& book) {
  const Charge& charge = job.charge;
  json::object object{{"held_usd", money::to_json(charge.held)},
                      {"captured_usd", money::to_json(charge.captured)},
                      {"released_usd", money::to_json(charge.released)},
                      {"refunded_usd", money::to_json(charge.refunded)},
                      {"is_test", job.is_test},
                      {"price_item", string_or_null(charge.price_item)},
                      {"price_version", charge.price_version},
                      {"rate_usd", nullptr},
                      {"quantity", nullptr},
                      {"unit", nullptr},
                      {"formula", nullptr}};
  if (job.is_test) object["computed_usd"] = nullptr;
  const auto own_book = money::PriceBook::of_version(charge.price_version);
  const auto price = (own_book ? **own_book : book).find(charge.price_item);
  if (!price) return object;
  object["rate_usd"] = money::to_json(price->rate);
  if (charge.quantity <= 0) return object;
  object["quantity"] = charge.quantity;
  object["unit"] = price->per_ms() > 0 ? "ms" : to_string(price->unit);
  std::string formula = money::formula(*price, {charge.quantity});
  const money::Money exact = money::charge(*price, {charge.quantity});
  if (job.is_test) object["computed_usd"] = money::to_json(exact);
  const bool is_capped = !job.is_test && exact > charge.held;
  if (is_capped) formula += ", at most the hold of " + money::to_text(charge.held) + " USD";
  object["formula"] = formula;
  return object;
}

}  // namespace understudy::jobs
