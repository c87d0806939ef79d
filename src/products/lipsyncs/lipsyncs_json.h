// A lipsync as the public API spells it: Lipsync of the contract, and its webhook events.
#pragma once

#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::lipsyncs {

// With `failure_code`, `thumbnail_url`, `mode`, `report` and those of every job (api/job_json.h) as
// extensions.
json::object lipsync_json(const jobs::Job& job, const api::LinkFunction& link,
                          const money::PriceBook& prices);

// "lipsync.success" or "lipsync.fail".
jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices);

}  // namespace understudy::lipsyncs
