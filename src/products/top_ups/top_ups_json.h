// Top-ups and auto-reload as JSON, both ways.
#pragma once

#include "api/http.h"
#include "base/json.h"
#include "money/top_up_store.h"

namespace understudy::top_ups {

json::object top_up_json(const money::TopUp& top_up);
json::object auto_reload_json(const money::AutoReload& settings, std::int64_t now_ms);
json::object debt_json(const money::Debt& debt);

struct TopUpBody {
  money::Money amount;
  bool saves_payment_method = true;
};
// Errors of all three: invalid_parameter naming the field, also for an unknown one.
Result<TopUpBody> top_up_body(const json::value& body);
Result<money::AutoReload> auto_reload_body(const json::value& body);
Result<std::string> note_body(const json::value& body);

}  // namespace understudy::top_ups
