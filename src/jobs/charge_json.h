// The `charge` object that every paid job resource carries: a bill anyone can recompute.
#pragma once

#include "base/json.h"
#include "jobs/job.h"

namespace understudy::jobs {

// {held_usd, captured_usd, released_usd, refunded_usd, is_test, price_item, price_version, rate_usd,
// quantity, unit, formula}, and of a test job computed_usd, the price that was not taken;
// amounts are exact decimals. quantity, unit and formula are null while the quantity is unknown or
// the job is free. held_usd stays what was reserved (or moved to the exact price) after the end.
// A job that the credits of a plan pay for says _credits in place of _usd. `dollars` serves a job
// whose own version of the price book is no longer installed.
json::object charge_json(const Job& job, const money::PriceBook& dollars);

}  // namespace understudy::jobs
