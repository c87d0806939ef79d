// A render as the public API spells it: HyperframesRender of the contract, and its webhook events.
#pragma once

#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::hyperframes {

// With `failure_code`, `warnings` and those of every job (api/job_json.h) as extensions.
json::object render_json(const jobs::Job& job, const api::LinkFunction& link,
                         const money::PriceBook& prices);

// "hyperframes_video.success" or "hyperframes_video.fail".
jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices);

}  // namespace understudy::hyperframes
