#include "jobs/charge_json.h"

namespace understudy::jobs {

json::object charge_json(const Job& job, const money::PriceBook& book) {
  const Charge& charge = job.charge;
  json::object object{{"held_usd", money::to_json(charge.held)},
                      {"captured_usd", money::to_json(charge.captured)},
                      {"released_usd", money::to_json(charge.released)},
                      {"price_item", string_or_null(charge.price_item)},
                      {"price_version", charge.price_version},
                      {"rate_usd", nullptr},
                      {"quantity", nullptr},
                      {"unit", nullptr},
                      {"formula", nullptr}};
  const auto price = book.find(charge.price_item);
  if (!price) return object;
  object["rate_usd"] = money::to_json(price->rate);
  if (charge.quantity <= 0) return object;
  object["quantity"] = charge.quantity;
  object["unit"] = price->per_ms() > 0 ? "ms" : to_string(price->unit);
  std::string formula = money::formula(*price, {charge.quantity});
  const bool is_capped = money::charge(*price, {charge.quantity}) > charge.held;
  if (is_capped) formula += ", at most the hold of " + money::to_text(charge.held) + " USD";
  object["formula"] = formula;
  return object;
}

}  // namespace understudy::jobs
