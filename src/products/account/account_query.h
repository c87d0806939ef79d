// What the extension's lists may be asked: a span of time, a place to go on from, JSON or CSV.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/http.h"
#include "money/ledger_store.h"

namespace understudy::account {

struct TimeSpan {
  std::int64_t from_ms = 0;           // inclusive
  std::int64_t until_ms = INT64_MAX;  // exclusive
};
Result<TimeSpan> time_span(const api::Request& request);  // ?from, ?to

// ?format, else the header Accept. Errors: invalid_parameter.
// "true" or "false"; absent: false.
Result<bool> flag_value(const api::Request& request, std::string_view name);
// "group_by=product,key,project,source,day"; absent: by product.
Result<money::UsageGrouping> usage_grouping(const api::Request& request);
Result<bool> wants_csv(const api::Request& request);

// The number a page token goes on from. Errors: invalid_parameter, naming token.
Result<std::int64_t> number_after(std::string_view last_id);

}  // namespace understudy::account
